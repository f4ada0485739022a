"""Kling's responses to a submit: which error each one raises, and with which message."""

from dataclasses import replace
from typing import Any

import pytest

from keepreel.errors import (
    AccountProblem,
    Busy,
    ErrorCode,
    Failure,
    OutcomeUnknown,
    ProviderError,
    Refused,
    RefusedOrKnown,
)
from keepreel.models import catalog
from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from tests.unit.providers.kling.samples import PROMPT, TASK_ID, VIDEO_ID, job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer

FROM_IMAGE = adapter.prepare(job(image=b"an image"))
FROM_TEXT = adapter.prepare(job(has_image=False))
TASKS_FROM_IMAGE = adapter.prepare(job("kling-3.0", image=b"an image"))
TASKS_FROM_TEXT = adapter.prepare(job("kling-3.0", has_image=False))

LEGACY_TASK = {
    "task_id": TASK_ID,
    "task_status": "submitted",
    "task_info": {"external_task_id": VIDEO_ID},
    "created_at": 1722769557708,
    "updated_at": 1722769557708,
}
NEWER_TASK = {
    "id": TASK_ID,
    "status": "submitted",
    "create_time": 1781080778802,
    "update_time": 1781080778802,
    "external_id": VIDEO_ID,
}


def envelope(code: int, message: str = "SUCCEED", **data: object) -> dict[str, Any]:
    return {"code": code, "message": message, "request_id": "CjMkWGj1", **data}


@pytest.mark.parametrize(
    ("submission", "task"),
    [
        (FROM_IMAGE, LEGACY_TASK),
        (FROM_TEXT, LEGACY_TASK),
        (TASKS_FROM_IMAGE, NEWER_TASK),
        (TASKS_FROM_TEXT, NEWER_TASK),
    ],
)
def test_submit_posts_the_prepared_request_once_and_returns_the_task_id(
    kling_server: ScriptedServer, submission: Submission, task: dict[str, Any]
) -> None:
    kling_server.respond(envelope(0, data=task))

    task_id = adapter.submit(submission)

    assert task_id == TASK_ID
    assert [(it.method, it.path, it.body) for it in kling_server.requests] == [
        ("POST", submission.path, submission.body)
    ]


@pytest.mark.parametrize(
    ("http_status", "code", "expected"),
    [
        (429, 1100, AccountProblem),
        (429, 1101, AccountProblem),
        (429, 1102, AccountProblem),
        (403, 1103, Refused),
        (400, 1200, Refused),
        (400, 1201, RefusedOrKnown),
        (404, 1202, Refused),
        (404, 1203, Refused),
        (400, 1300, Refused),
        (400, 1301, Refused),
        (429, 1302, Busy),
        (429, 1303, Busy),
        (429, 1304, AccountProblem),
        (500, 5000, OutcomeUnknown),
        (503, 5001, OutcomeUnknown),
        (504, 5002, OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("submission", [FROM_IMAGE, TASKS_FROM_TEXT], ids=["legacy", "newer"])
def test_every_service_code_maps_to_an_error_and_is_never_retried(
    kling_server: ScriptedServer,
    submission: Submission,
    http_status: int,
    code: int,
    expected: type[ProviderError],
) -> None:
    kling_server.respond(envelope(code, "no data beside this"), http_status=http_status)

    with pytest.raises(ProviderError) as raised:
        adapter.submit(submission)

    assert type(raised.value) is expected
    assert f"HTTP {http_status}, code {code}" in str(raised.value)
    assert len(kling_server.requests) == 1


@pytest.mark.parametrize(
    ("http_status", "code", "expected"),
    [
        (401, 1099, AccountProblem),
        (429, 1399, Busy),
        (400, 1299, RefusedOrKnown),
        (409, 1, RefusedOrKnown),
        (200, 1299, OutcomeUnknown),
        (500, 1299, OutcomeUnknown),
        (502, 1303, OutcomeUnknown),
        (302, 1303, OutcomeUnknown),
        (400, 5000, OutcomeUnknown),
        (400, 0, OutcomeUnknown),
    ],
)
def test_unlisted_code_is_never_a_plain_refusal(
    kling_server: ScriptedServer, http_status: int, code: int, expected: type[ProviderError]
) -> None:
    kling_server.respond(envelope(code, data=LEGACY_TASK), http_status=http_status)

    with pytest.raises(ProviderError) as raised:
        adapter.submit(FROM_IMAGE)

    assert type(raised.value) is expected
    assert len(kling_server.requests) == 1


@pytest.mark.parametrize("task", [None, {}, [], "a text", {"task_id": ""}, {"task_id": None}, {"id": TASK_ID}])
def test_success_without_a_task_id_is_an_unknown_outcome(kling_server: ScriptedServer, task: object) -> None:
    kling_server.respond(envelope(0, data=task))

    with pytest.raises(OutcomeUnknown):
        adapter.submit(FROM_IMAGE)

    assert len(kling_server.requests) == 1


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": []}, {"data": {}}, {"data": {"task_id": TASK_ID}}])
def test_tasks_api_success_without_a_task_id_is_an_unknown_outcome(
    kling_server: ScriptedServer, data: dict[str, Any]
) -> None:
    kling_server.respond(envelope(0, **data))

    with pytest.raises(OutcomeUnknown):
        adapter.submit(TASKS_FROM_TEXT)

    assert len(kling_server.requests) == 1


@pytest.mark.parametrize(
    ("submission", "successor"),
    [
        (FROM_IMAGE, "Kling 2.5 Turbo (kling-2.5-turbo)"),
        (TASKS_FROM_TEXT, "Kling 3.0 Turbo (kling-3.0-turbo)"),
    ],
)
def test_unavailable_model_error_names_the_successor(
    kling_server: ScriptedServer, submission: Submission, successor: str
) -> None:
    kling_server.respond(envelope(1203, "The model has been discontinued"), http_status=404)

    with pytest.raises(Refused) as raised:
        adapter.submit(submission)

    assert raised.value.failure == Failure(
        code=ErrorCode.MODEL_UNAVAILABLE,
        message=f"Kling has ended this model. Choose {successor}; nothing was charged.",
    )


def test_unavailable_model_error_omits_models_of_another_flow(
    kling_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = {id: replace(model, flows=("text",)) for id, model in catalog.models().items()}
    monkeypatch.setattr(catalog, "models", lambda: models)
    kling_server.respond(envelope(1103), http_status=403)

    with pytest.raises(Refused) as raised:
        adapter.submit(FROM_IMAGE)

    assert raised.value.failure == Failure(
        code=ErrorCode.MODEL_UNAVAILABLE,
        message="Kling does not offer this model to our account. Choose another model; nothing was charged.",
    )


@pytest.mark.parametrize(
    ("submission", "message", "code"),
    [
        (FROM_TEXT, "Risk control", ErrorCode.PROMPT_REJECTED),
        (FROM_IMAGE, "The prompt contains sensitive message", ErrorCode.PROMPT_REJECTED),
        (FROM_IMAGE, "The input image was blocked", ErrorCode.IMAGE_REJECTED),
        (TASKS_FROM_IMAGE, "The first_frame was blocked", ErrorCode.IMAGE_REJECTED),
    ],
)
@pytest.mark.parametrize("service_code", [1300, 1301])
def test_content_refusal_says_what_to_change(
    kling_server: ScriptedServer, submission: Submission, message: str, code: ErrorCode, service_code: int
) -> None:
    kling_server.respond(envelope(service_code, message), http_status=400)

    with pytest.raises(Refused) as raised:
        adapter.submit(submission)

    assert raised.value.failure.code == code
    assert message not in raised.value.failure.message


def test_content_refusal_without_a_cause_names_prompt_and_image(kling_server: ScriptedServer) -> None:
    kling_server.respond(envelope(1301, "Failure to pass the risk control system"), http_status=400)

    with pytest.raises(Refused) as raised:
        adapter.submit(FROM_IMAGE)

    assert raised.value.failure == Failure(
        code=ErrorCode.PROMPT_REJECTED,
        message="Kling's content rules do not allow the prompt or the image. Change the prompt or the image.",
    )


@pytest.mark.parametrize(
    ("submission", "message", "code"),
    [
        (FROM_IMAGE, "Image pixel is invalid", ErrorCode.IMAGE_REJECTED),
        (FROM_IMAGE, "image ratio must be between 1:2.5 and 2.5:1", ErrorCode.IMAGE_REJECTED),
        (FROM_IMAGE, "model is not supported for image2video with this image", ErrorCode.MODEL_UNAVAILABLE),
        (FROM_IMAGE, "external_task_id is not one for an image to video task", ErrorCode.PROVIDER_ERROR),
        (FROM_IMAGE, "duration value is invalid", ErrorCode.PROVIDER_ERROR),
        (FROM_TEXT, "image is not a parameter", ErrorCode.PROVIDER_ERROR),
    ],
)
@pytest.mark.parametrize("service_code", [1200, 1201])
def test_bad_parameters_blame_the_image_only_if_the_message_does(
    kling_server: ScriptedServer, submission: Submission, message: str, code: ErrorCode, service_code: int
) -> None:
    kling_server.respond(envelope(service_code, message), http_status=400)

    with pytest.raises(Refused) as raised:
        adapter.submit(submission)

    assert raised.value.failure.code == code
    assert message not in raised.value.failure.message


@pytest.mark.parametrize("message", ["external_task_id x already exists", "Duplicated external_task_id"])
def test_duplicate_task_id_is_an_unknown_outcome(kling_server: ScriptedServer, message: str) -> None:
    kling_server.respond(envelope(1201, message), http_status=400)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(FROM_IMAGE)


def test_each_response_is_one_log_line_with_searchable_fields(kling_server: ScriptedServer, log: CapturedLog) -> None:
    kling_server.respond(envelope(1301, f"Not allowed: {PROMPT}. " + "x" * 1000), http_status=400)

    with pytest.raises(Refused):
        adapter.submit(FROM_IMAGE)

    fields = (
        "message",
        "provider",
        "video_id",
        "http_status",
        "service_code",
        "provider_request_id",
        "provider_message",
    )
    lines = [line for line in log.lines if line["message"] == "Kling response"]
    assert [tuple(line[field] for field in fields) for line in lines] == [
        ("Kling response", "kling", VIDEO_ID, 400, 1301, "CjMkWGj1", ("Not allowed: […]. " + "x" * 1000)[:500])
    ]
    assert PROMPT not in str(log)
