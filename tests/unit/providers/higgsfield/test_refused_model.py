"""A refusal that concerns the model, by the status or the words."""

import pytest

from keepreel.errors import AccountProblem, Busy, ErrorCode, OutcomeUnknown, Refused, RefusedOrKnown
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import VIDEO_ID
from tests.unit.providers.scripted_server import ScriptedServer

SUBMISSION = Submission(
    video_id=VIDEO_ID,
    path="/kling-video/v2.6/pro/image-to-video",
    body={"prompt": "a retired clown", "image_url": "https://images.higgsfield.ai/a.jpg"},
)


@pytest.mark.parametrize(
    ("http_status", "detail", "kind"),
    [
        (404, "Model not found", "unknown_model"),
        (404, "model_not_found", "unknown_model"),
        (404, "Nothing here", "unknown_model"),
        (404, "This model does not exist or has been deprecated. Please contact support", "gone"),
        (410, "The model was removed", "gone"),
        (400, "This model has been retired", "gone"),
        (503, "This model has been discontinued", "gone"),
        (403, "The model is not available for your account", "not_entitled"),
    ],
)
def test_refused_model_has_a_kind_and_names_its_successor(
    higgsfield_server: ScriptedServer, http_status: int, detail: str, kind: str
) -> None:
    higgsfield_server.respond({"detail": detail}, http_status=http_status)

    with pytest.raises(Refused) as raised:
        adapter.submit(SUBMISSION)

    assert (raised.value.unavailable, raised.value.failure.code) == (kind, ErrorCode.MODEL_UNAVAILABLE)
    assert "Kling 3.0 Pro by Higgsfield (higgsfield-kling-3.0-pro)" in raised.value.failure.message


def test_server_error_that_names_the_end_of_the_model_is_looked_up_first(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond({"detail": "This model has been discontinued"}, http_status=500)

    with pytest.raises(RefusedOrKnown) as raised:
        adapter.submit(SUBMISSION)

    assert raised.value.unavailable == "gone"


def test_server_error_about_something_else_leaves_the_outcome_unknown(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond({"detail": "The worker was shut down"}, http_status=500)

    with pytest.raises(OutcomeUnknown):
        adapter.submit(SUBMISSION)


@pytest.mark.parametrize(
    ("http_status", "detail"),
    [(423, "Model is temporarily blocked"), (503, "Model is disabled or not ready"), (503, "disabled")],
)
def test_blocked_model_is_waited_for(higgsfield_server: ScriptedServer, http_status: int, detail: str) -> None:
    higgsfield_server.respond({"detail": detail}, http_status=http_status)

    with pytest.raises(Busy) as raised:
        adapter.submit(SUBMISSION)

    assert raised.value.unavailable == "blocked"


@pytest.mark.parametrize(
    ("http_status", "detail", "error"),
    [
        (400, "Maximum number of concurrent requests (4) has been reached", Busy),
        (403, "Not enough credits", AccountProblem),
        (422, "invalid prompt: a retired clown", Refused),
        (400, "end_image_url is only supported with pro", Refused),
    ],
)
def test_other_responses_say_nothing_about_the_model(
    higgsfield_server: ScriptedServer, http_status: int, detail: str, error: type[Exception]
) -> None:
    higgsfield_server.respond({"detail": detail}, http_status=http_status)

    with pytest.raises(error) as raised:
        adapter.submit(SUBMISSION)

    assert getattr(raised.value, "unavailable", None) is None
