"""Polling and canceling a Higgsfield request."""

from datetime import UTC, datetime
from typing import Any

import pytest

from keepreel.errors import AccountProblem, ErrorCode, FileGone, Unreachable
from keepreel.providers.base import TaskState
from keepreel.providers.higgsfield import adapter
from keepreel.providers.task_status import TaskStatus
from tests.unit.providers.higgsfield.samples import IMAGE_URL, KEY_SECRET, PROMPT, TASK_ID, accepted, job, sent_job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer

LINK = "https://cdn.higgsfield.ai/video.mp4?Expires=1"
BOUND = job(task_id=TASK_ID)
UNCLEAR = [
    (404, {"detail": "Request not found"}),
    (400, []),
    (429, {"detail": "Too many requests"}),
    (500, accepted()),
    (503, {"detail": "Model is unavailable"}),
    (302, accepted()),
    (401, {"error": "not Higgsfield's own"}),
]


@pytest.mark.parametrize("word", ["queued", "in_progress", "IN_PROGRESS"])
def test_unfinished_request_is_running_and_polled_at_the_configured_host(
    higgsfield_server: ScriptedServer, word: str
) -> None:
    higgsfield_server.respond(accepted(word))

    state = adapter.poll(BOUND)

    assert state == TaskState(status=TaskStatus.RUNNING)
    assert [(it.method, it.path, it.content) for it in higgsfield_server.requests] == [
        ("GET", f"/requests/{TASK_ID}/status", b"")
    ]


def test_task_id_is_escaped_in_the_path(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond({"status": "queued"})

    adapter.poll(job(task_id="../a b?c#d/e"))

    assert [it.path for it in higgsfield_server.requests] == ["/requests/..%2Fa%20b%3Fc%23d%2Fe/status"]


def test_unknown_status_word_means_keep_polling_and_is_logged(
    higgsfield_server: ScriptedServer, log: CapturedLog
) -> None:
    higgsfield_server.respond(accepted("upscaling"))

    state = adapter.poll(BOUND)

    warnings = [(line["message"], line["word"]) for line in log.lines if line["levelname"] == "WARNING"]
    assert state == TaskState(status=TaskStatus.RUNNING)
    assert warnings == [("unknown task status", "upscaling")]


def test_success_has_the_video_url(higgsfield_server: ScriptedServer, log: CapturedLog) -> None:
    images = [{"url": "https://cdn.higgsfield.ai/cover.jpg"}]
    higgsfield_server.respond(
        {**accepted("completed"), "images": images, "video": {"url": LINK}, "expires_at": "2026-12-01T00:00:00Z"}
    )

    state = adapter.poll(BOUND)

    expires_at = datetime(2026, 12, 1, tzinfo=UTC)
    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, expires_at=expires_at)
    assert LINK not in str(log)


@pytest.mark.parametrize(
    ("named", "expires_at"),
    [
        ("2026-10-15T12:00:00Z", datetime(2026, 10, 15, 12, tzinfo=UTC)),
        ("2026-10-15T14:00:00.5+02:00", datetime(2026, 10, 15, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-10-15T12:00:00", datetime(2026, 10, 15, 12, tzinfo=UTC)),
        ("in a week", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("", None),
        (None, None),
        (1790000000, None),
        ([], None),
    ],
)
def test_expiry_is_the_time_that_higgsfield_names_in_utc(
    higgsfield_server: ScriptedServer, named: object, expires_at: datetime | None
) -> None:
    higgsfield_server.respond({**accepted("completed"), "video": {"url": LINK}, "expires_at": named})

    state = adapter.poll(BOUND)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, expires_at=expires_at)


@pytest.mark.parametrize(
    "result",
    [
        {"enhanced_prompt": "a dramatic camera", "video": {"url": LINK}},
        {"video": {"url": LINK, "enhanced_prompt": "a dramatic camera"}},
    ],
)
def test_success_has_the_rewritten_prompt_if_higgsfield_tells_it(
    higgsfield_server: ScriptedServer, log: CapturedLog, result: dict[str, Any]
) -> None:
    higgsfield_server.respond({**accepted("completed"), **result})

    state = adapter.poll(BOUND)

    assert state.enhanced_prompt == "a dramatic camera"
    assert "dramatic" not in str(log)


@pytest.mark.parametrize("word", ["ip_detected", "IP_DETECTED", " Ip_Detected "])
def test_protected_material_ends_the_video_and_counts_as_charged(higgsfield_server: ScriptedServer, word: str) -> None:
    higgsfield_server.respond(accepted(word))

    state = adapter.poll(BOUND)

    assert state.failure is not None
    assert state == TaskState(status=TaskStatus.REJECTED, failure=state.failure, is_charged=True)
    assert (state.failure.code, "charged" in state.failure.message) == (ErrorCode.OUTPUT_REJECTED, False)


@pytest.mark.parametrize(
    ("http_status", "body", "is_gone"),
    [
        (404, {"detail": "Request not found"}, True),
        (410, {"detail": "Request was deleted"}, True),
        (404, {"title": "Not Found", "status": 404}, False),
        (404, None, False),
        (503, {"detail": "Request not found"}, False),
    ],
)
def test_request_that_higgsfield_does_not_have_is_gone(
    higgsfield_server: ScriptedServer, http_status: int, body: object, *, is_gone: bool
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(Unreachable) as raised:
        adapter.poll(BOUND)

    assert isinstance(raised.value, FileGone) is is_gone


def test_correlation_id_is_logged_without_the_key(higgsfield_server: ScriptedServer, log: CapturedLog) -> None:
    content = b'{"detail": "Internal Server Error"}'
    higgsfield_server.respond_raw(content, http_status=500, X_Correlation_Id=f"c0de {KEY_SECRET}")

    with pytest.raises(Unreachable):
        adapter.poll(BOUND)

    responses = [line["correlation_id"] for line in log.lines if line["message"] == "Higgsfield response"]
    assert responses == ["c0de […]"]


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"video": None},
        {"video": []},
        {"video": LINK},
        {"video": {}},
        {"video": {"url": None}},
        {"video": {"url": ""}},
        {"video": {"url": "ftp://x/y"}},
        {"images": [{"url": LINK}]},
    ],
)
def test_success_without_a_link_is_unreachable(higgsfield_server: ScriptedServer, result: dict[str, Any]) -> None:
    higgsfield_server.respond({**accepted("completed"), **result})

    with pytest.raises(Unreachable, match="no link"):
        adapter.poll(BOUND)

    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize(
    ("word", "error", "status", "code"),
    [
        ("failed", "Out of memory", TaskStatus.FAILED, ErrorCode.PROVIDER_ERROR),
        ("failed", None, TaskStatus.FAILED, ErrorCode.PROVIDER_ERROR),
        ("failed", {"code": "x", "message": "The image is broken"}, TaskStatus.FAILED, ErrorCode.IMAGE_REJECTED),
        ("failed", "Content policy", TaskStatus.FAILED, ErrorCode.OUTPUT_REJECTED),
        ("failed", "The prompt violates our policy", TaskStatus.FAILED, ErrorCode.PROMPT_REJECTED),
        ("nsfw", None, TaskStatus.REJECTED, ErrorCode.OUTPUT_REJECTED),
        ("NSFW", "The prompt", TaskStatus.REJECTED, ErrorCode.OUTPUT_REJECTED),
        ("canceled", None, TaskStatus.CANCELED, ErrorCode.PROVIDER_ERROR),
    ],
)
def test_request_without_a_video_is_free_and_has_our_own_message(
    higgsfield_server: ScriptedServer, log: CapturedLog, word: str, error: object, status: TaskStatus, code: ErrorCode
) -> None:
    higgsfield_server.respond({**accepted(word), "error": error})

    state = adapter.poll(BOUND)

    assert state.failure is not None
    assert state == TaskState(status=status, failure=state.failure, is_charged=False)
    assert state.failure.code == code
    assert not error or str(error) not in state.failure.message
    ended = [line for line in log.lines if line["message"] == "Higgsfield request ended without a video"]
    assert [(line["task_id"], line["status"]) for line in ended] == [(TASK_ID, status)]


def test_failure_reason_is_logged_with_the_prompt_redacted(higgsfield_server: ScriptedServer, log: CapturedLog) -> None:
    error = f"Cannot draw {PROMPT} from {IMAGE_URL}"
    higgsfield_server.respond({**accepted("failed"), "error": error})

    adapter.poll(sent_job(task_id=TASK_ID))

    messages = [line["provider_message"] for line in log.lines if "task_id" in line]
    assert messages == ["Cannot draw […] from […]"]
    assert "canary" not in str(log)


@pytest.mark.parametrize(
    ("http_status", "body"),
    [
        *UNCLEAR,
        (200, None),
        (200, []),
        (200, "completed"),
        (200, {}),
        (200, {"request_id": TASK_ID}),
        (200, {**accepted(), "status": None}),
        (200, {**accepted(), "status": ""}),
        (200, {**accepted(), "status": 1}),
        (200, {**accepted(), "status": ["completed"]}),
        (200, {**accepted(), "request_id": "somebody-elses"}),
        (200, {**accepted(), "request_id": None}),
    ],
)
def test_ambiguous_response_is_unreachable(higgsfield_server: ScriptedServer, http_status: int, body: object) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(Unreachable):
        adapter.poll(BOUND)

    assert len(higgsfield_server.requests) == 1


def test_account_error_is_an_account_problem(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond({"detail": "Not enough credits"}, http_status=403)
    higgsfield_server.respond({"detail": "Not enough credits"}, http_status=403)

    with pytest.raises(AccountProblem, match="HTTP 403"):
        adapter.poll(BOUND)
    with pytest.raises(AccountProblem, match="HTTP 403"):
        adapter.cancel(BOUND)

    assert len(higgsfield_server.requests) == 2


@pytest.mark.parametrize(
    ("http_status", "content", "expected"),
    [(202, b"", True), (200, b"{}", True), (400, b'{"detail": "Request has already started"}', False)],
)
def test_cancel_succeeds_only_before_the_request_starts(
    higgsfield_server: ScriptedServer, http_status: int, content: bytes, *, expected: bool
) -> None:
    higgsfield_server.respond_raw(content, http_status=http_status)

    is_canceled = adapter.cancel(BOUND)

    assert is_canceled is expected
    assert [(it.method, it.path, it.content) for it in higgsfield_server.requests] == [
        ("POST", f"/requests/{TASK_ID}/cancel", b"")
    ]


@pytest.mark.parametrize(("http_status", "body"), UNCLEAR)
def test_ambiguous_response_to_a_cancel_is_unreachable(
    higgsfield_server: ScriptedServer, http_status: int, body: object
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(Unreachable):
        adapter.cancel(BOUND)

    assert len(higgsfield_server.requests) == 1
