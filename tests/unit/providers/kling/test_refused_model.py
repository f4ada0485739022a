"""A refusal that concerns the model: the words decide under any code, and 1202 is our own defect."""

import pytest

from keepreel.errors import AccountProblem, Busy, ErrorCode, OutcomeUnknown, Refused, RefusedOrKnown
from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from tests.unit.providers.kling.samples import VIDEO_ID
from tests.unit.providers.kling.test_submit import envelope
from tests.unit.providers.scripted_server import ScriptedServer

GONE = "The model 'kling-v2-6' has been discontinued and is no longer available."
SUBMISSION = Submission(
    video_id=VIDEO_ID, path="/v1/videos/text2video", body={"model_name": "kling-v2-6", "prompt": "a retired clown"}
)


def refusal(server: ScriptedServer, code: int, message: str, http_status: int) -> Refused:
    server.respond(envelope(code, message), http_status=http_status)
    with pytest.raises(Refused) as raised:
        adapter.submit(SUBMISSION)
    return raised.value


@pytest.mark.parametrize(
    ("code", "http_status", "error"),
    [
        (1103, 403, Refused),
        (1200, 400, Refused),
        (1201, 400, RefusedOrKnown),
        (1202, 404, Refused),
        (1203, 404, Refused),
        (1299, 400, RefusedOrKnown),
        (5000, 500, RefusedOrKnown),
        (1203, 200, Refused),
    ],
)
def test_words_mean_that_the_model_is_gone_under_any_code(
    kling_server: ScriptedServer, code: int, http_status: int, error: type[Refused]
) -> None:
    refused = refusal(kling_server, code, GONE, http_status)

    assert (type(refused), refused.unavailable, refused.failure.code) == (error, "gone", ErrorCode.MODEL_UNAVAILABLE)
    assert "Kling 2.6 (kling-2.6)" in refused.failure.message


@pytest.mark.parametrize("http_status", [410, 500])
def test_words_without_a_code_mean_that_the_model_is_gone(kling_server: ScriptedServer, http_status: int) -> None:
    kling_server.respond({"message": GONE}, http_status=http_status)

    with pytest.raises(RefusedOrKnown) as raised:
        adapter.submit(SUBMISSION)

    assert raised.value.unavailable == "gone"


def test_words_of_a_gateway_do_not_count(kling_server: ScriptedServer) -> None:
    kling_server.respond({"message": GONE}, http_status=502)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(SUBMISSION)


@pytest.mark.parametrize(
    ("code", "http_status", "message", "kind"),
    [
        (1203, 404, "The requested resource does not exist, such as the model", "unknown_model"),
        (1203, 404, "", "unknown_model"),
        (1200, 400, "model is not supported", "unknown_model"),
        (1103, 403, "Unauthorized access to requested resource, such as API/model", "not_entitled"),
        (1103, 403, "", "not_entitled"),
        (1250, 404, "What is this?", "unknown_model"),
    ],
)
def test_refused_model_has_a_kind(
    kling_server: ScriptedServer, code: int, http_status: int, message: str, kind: str
) -> None:
    refused = refusal(kling_server, code, message, http_status)

    assert (refused.unavailable, refused.failure.code) == (kind, ErrorCode.MODEL_UNAVAILABLE)


@pytest.mark.parametrize(
    "message",
    [
        "model/mode/duration(kling-v2-5-turbo/std/5) is not supported with image_tail",
        "camera_control is only supported in std mode with 5s duration and kling-v1",
        "Image tail is not supported by the current model",
    ],
)
@pytest.mark.parametrize("code", [1200, 1201, 1203])
def test_refused_combination_never_means_a_missing_model(kling_server: ScriptedServer, code: int, message: str) -> None:
    refused = refusal(kling_server, code, message, 400)

    assert (refused.unavailable, refused.failure.code) == (None, ErrorCode.PROVIDER_ERROR)
    assert "combination" in refused.failure.message


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (1202, "The requested method is invalid"),
        (1201, "invalid prompt: a retired clown"),
        (1201, "task_ids or external_task_ids is required"),
    ],
)
def test_other_refusals_say_nothing_about_the_model(kling_server: ScriptedServer, code: int, message: str) -> None:
    assert refusal(kling_server, code, message, 404 if code == 1202 else 400).unavailable is None


def test_blocked_model_is_waited_for(kling_server: ScriptedServer) -> None:
    kling_server.respond(envelope(1200, "This model is temporarily blocked"), http_status=400)

    with pytest.raises(Busy) as raised:
        adapter.submit(SUBMISSION)

    assert raised.value.unavailable == "blocked"


@pytest.mark.parametrize(
    ("code", "http_status", "message", "error"),
    [
        (1302, 429, "Rate limit; access is temporarily paused", Busy),
        (1102, 429, "The resource pack is no longer available", AccountProblem),
        (5001, 503, "Server temporarily unavailable, usually due to maintenance", OutcomeUnknown),
    ],
)
def test_account_rate_limit_and_maintenance_say_nothing_about_the_model(
    kling_server: ScriptedServer, code: int, http_status: int, message: str, error: type[Exception]
) -> None:
    kling_server.respond(envelope(code, message), http_status=http_status)

    with pytest.raises(error) as raised:
        adapter.submit(SUBMISSION)

    assert getattr(raised.value, "unavailable", None) is None


def test_link_that_is_temporarily_unavailable_does_not_block_the_model(kling_server: ScriptedServer) -> None:
    refused = refusal(kling_server, 1200, "The resource at the link is temporarily unavailable", 400)

    assert refused.unavailable is None


@pytest.mark.parametrize("path", ["/v1/videos/text2video", "/text-to-video/kling-3.0"])
def test_signature_of_a_quoted_url_is_not_logged(
    path: str, kling_server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    kling_server.respond(envelope(1201, "cannot read https://a.example/b.jpg?X-Amz-Signature=5ec7e7"), http_status=400)

    with caplog.at_level("DEBUG"), pytest.raises(Refused):
        adapter.submit(Submission(video_id=VIDEO_ID, path=path, body={}))

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "https://a.example/b.jpg" in logged
    assert "5ec7e7" not in logged
