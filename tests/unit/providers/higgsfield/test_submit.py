"""Higgsfield's responses to a submit: which error each one raises, and with which message."""

from collections.abc import Callable

import pytest

from keepreel.errors import AccountProblem, Busy, ErrorCode, Failure, OutcomeUnknown, ProviderError, Refused
from keepreel.models import catalog
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import (
    FROM_IMAGE,
    FROM_TEXT,
    IMAGE_URL,
    PROMPT,
    TASK_ID,
    VIDEO_ID,
    accepted,
)
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer

FULL = "Maximum number of concurrent requests (4) has been reached"
PROBLEM = {"type": "missing", "loc": ["body", "prompt"], "msg": "Field required", "input": PROMPT}
MISMATCH = "Idempotency-Key was already used with different request parameters"


@pytest.mark.parametrize("submission", [FROM_IMAGE, FROM_TEXT])
def test_submit_posts_once_under_the_video_id_and_returns_the_request_id(
    higgsfield_server: ScriptedServer, submission: Submission
) -> None:
    higgsfield_server.respond(accepted())

    task_id = adapter.submit(submission)

    assert task_id == TASK_ID
    assert [(it.method, it.path, it.body, it.headers["Idempotency-Key"]) for it in higgsfield_server.requests] == [
        ("POST", submission.path, submission.body, VIDEO_ID)
    ]


@pytest.mark.parametrize(
    ("http_status", "detail", "expected"),
    [
        (400, FULL, Busy),
        (400, "CONCURRENCY limit reached", Busy),
        (400, "Invalid parameters", Refused),
        (400, "Idempotency-Key is in use", OutcomeUnknown),
        (401, "Invalid credentials", AccountProblem),
        (402, "Payment required", AccountProblem),
        (403, "Not enough credits", AccountProblem),
        (404, "Model not found", Refused),
        (404, {"code": "model_not_found", "message": "No such model"}, Refused),
        (405, "Method Not Allowed", Refused),
        (408, "Request Timeout", OutcomeUnknown),
        (409, "The same request is at work", OutcomeUnknown),
        (422, [PROBLEM], Refused),
        (422, "Unprocessable", Refused),
        (422, MISMATCH, OutcomeUnknown),
        (422, "Request parameters do not match the original request", OutcomeUnknown),
        (423, "Model is temporarily blocked", Busy),
        (425, "Too early", OutcomeUnknown),
        (429, "Too many requests", Busy),
        (500, "Internal Server Error", OutcomeUnknown),
        (500, FULL, OutcomeUnknown),
        (502, "Bad Gateway", OutcomeUnknown),
        (503, "Model is unavailable", Busy),
        (504, "Gateway Timeout", OutcomeUnknown),
        (302, FULL, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("submission", [FROM_IMAGE, FROM_TEXT], ids=["image", "text"])
def test_every_response_maps_to_an_error(
    higgsfield_server: ScriptedServer,
    submission: Submission,
    http_status: int,
    detail: object,
    expected: type[ProviderError],
) -> None:
    higgsfield_server.respond({"detail": detail}, http_status=http_status)
    higgsfield_server.respond({"detail": detail}, http_status=http_status)

    with pytest.raises(ProviderError, match=f"HTTP {http_status}") as raised:
        adapter.submit(submission)

    assert type(raised.value) is expected
    assert len(higgsfield_server.requests) == (2 if http_status == 401 else 1)  # a 401 is retried once with a fresh key


@pytest.mark.parametrize("http_status", [400, 401, 403, 404, 422, 423, 429, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "Not enough credits",
        None,
        {"error": "Not Found"},
        {"detail": ""},
        {"detail": None},
        {"detail": []},
        {"detail": {"input": "x"}},
        {"title": "Error 1015", "status": 429, "detail": "You are being rate limited", "cloudflare_error": True},
    ],
)
def test_error_in_a_foreign_format_is_an_unknown_outcome(
    higgsfield_server: ScriptedServer, body: object, http_status: int
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(OutcomeUnknown, match=f"HTTP {http_status}"):
        adapter.submit(FROM_IMAGE)

    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [{}, [], None, "text", {"request_id": None}, {"request_id": ""}, {"request_id": 7}, {"request_id": "x" * 256}],
)
def test_success_without_a_request_id_is_an_unknown_outcome(higgsfield_server: ScriptedServer, body: object) -> None:
    higgsfield_server.respond(body)

    with pytest.raises(OutcomeUnknown, match="without a request id"):
        adapter.submit(FROM_IMAGE)

    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize(
    ("submission", "advice"),
    [
        # Two models have this path, and neither is suggested.
        (FROM_IMAGE, "Choose Kling 2.5 Turbo Standard by Higgsfield (higgsfield-kling-2.5-turbo-standard)"),
        (FROM_TEXT, "Choose Kling 3.0 Pro by Higgsfield (higgsfield-kling-3.0-pro)"),
        (
            Submission(video_id=VIDEO_ID, path="/lightricks/ltx-2.5/text-to-video/fast", body={"prompt": PROMPT}),
            "Choose Kling 3.0 Turbo by Higgsfield (higgsfield-kling-3.0-turbo)",
        ),
        (Submission(video_id=VIDEO_ID, path="/gone/text-to-video", body={"prompt": PROMPT}), "Choose another model"),
    ],
)
def test_unavailable_model_error_names_the_successor(
    higgsfield_server: ScriptedServer, submission: Submission, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = {id: it for id, it in catalog.models().items() if it.provider in ("kling", "higgsfield")}
    monkeypatch.setattr(catalog, "models", lambda: models)
    higgsfield_server.respond({"detail": "Model not found"}, http_status=404)

    with pytest.raises(Refused) as raised:
        adapter.submit(submission)

    assert raised.value.failure == Failure(
        code=ErrorCode.MODEL_UNAVAILABLE,
        message=f"Higgsfield does not offer this model to our account. {advice}; nothing was charged.",
    )


@pytest.mark.parametrize(
    ("submission", "detail", "code"),
    [
        (FROM_TEXT, "Input failed the moderation check", ErrorCode.PROMPT_REJECTED),
        (FROM_IMAGE, "Input failed the moderation check", ErrorCode.PROMPT_REJECTED),
        (FROM_IMAGE, "The prompt is NSFW", ErrorCode.PROMPT_REJECTED),
        (FROM_IMAGE, "The image is NSFW", ErrorCode.IMAGE_REJECTED),
        (FROM_IMAGE, "Could not read the image", ErrorCode.IMAGE_REJECTED),
        (FROM_IMAGE, [{"loc": ["body", "image_url"], "msg": "Invalid URL"}], ErrorCode.IMAGE_REJECTED),
        (FROM_IMAGE, "The model takes no image of this kind", ErrorCode.PROVIDER_ERROR),
        (FROM_IMAGE, "Unsupported content type", ErrorCode.PROVIDER_ERROR),
        (FROM_IMAGE, [{"loc": ["body", "seed"], "msg": "Input should be less than 1000000"}], ErrorCode.PROVIDER_ERROR),
        (FROM_TEXT, "image is not a parameter", ErrorCode.PROVIDER_ERROR),
    ],
)
@pytest.mark.parametrize("http_status", [400, 422])
def test_refusal_says_what_to_change_in_our_own_words(
    higgsfield_server: ScriptedServer, submission: Submission, detail: object, code: ErrorCode, http_status: int
) -> None:
    higgsfield_server.respond({"detail": detail}, http_status=http_status)

    with pytest.raises(Refused) as raised:
        adapter.submit(submission)

    assert raised.value.failure.code == code
    assert str(detail) not in raised.value.failure.message


@pytest.mark.parametrize(
    ("http_status", "quoting"),
    [
        (400, lambda prompt: f"Invalid prompt: {prompt}"),
        (422, lambda prompt: [{"loc": ["body"], "msg": "Field required", "input": {"prompt": prompt}}]),
    ],
)
@pytest.mark.parametrize("prompt", ["Two concurrent idempotent races", "An already different, unsafe risk"])
def test_quoted_prompt_is_not_read_as_higgsfields_message(
    higgsfield_server: ScriptedServer, log: CapturedLog, http_status: int, quoting: Callable[[str], object], prompt: str
) -> None:
    higgsfield_server.respond({"detail": quoting(prompt)}, http_status=http_status)

    with pytest.raises(Refused) as raised:
        adapter.submit(Submission(video_id=VIDEO_ID, path=FROM_IMAGE.path, body={"prompt": prompt}))

    assert raised.value.failure.code == ErrorCode.PROVIDER_ERROR
    assert prompt not in str(log)


def test_each_response_is_one_log_line_with_searchable_fields(
    higgsfield_server: ScriptedServer, log: CapturedLog
) -> None:
    detail = [{"loc": ["body", "image_url"], "msg": f"{IMAGE_URL} for {PROMPT} " + "x" * 1000}]
    higgsfield_server.respond({"detail": detail}, http_status=422)

    with pytest.raises(Refused):
        adapter.submit(FROM_IMAGE)

    fields = ("message", "provider", "video_id", "http_status", "provider_message")
    lines = [line for line in log.lines if line["message"] == "Higgsfield response"]
    assert [tuple(line[field] for field in fields) for line in lines] == [
        ("Higgsfield response", "higgsfield", VIDEO_ID, 422, ("body.image_url: […] for […] " + "x" * 1000)[:500])
    ]
    assert "canary" not in str(log)
