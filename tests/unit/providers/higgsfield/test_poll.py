"""Polling and canceling a Higgsfield request."""

from typing import Any

import pytest

from keepreel.errors import AccountProblem, ErrorCode, Unreachable
from keepreel.providers.base import TaskState
from keepreel.providers.higgsfield import adapter
from keepreel.providers.task_status import TaskStatus
from tests.unit.providers.higgsfield.samples import IMAGE_URL, PROMPT, TASK_ID, accepted, job, sent_job
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

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK)
    assert LINK not in str(log)


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
