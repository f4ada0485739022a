"""Finding a Higgsfield request by a resend under the same Idempotency-Key, while Higgsfield remembers the key."""

from datetime import UTC, datetime
from typing import Any

import pytest

from keepreel.errors import AccountProblem, ErrorCode, OutcomeUnknown, ProviderError, Refused, Unreachable
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import adapter
from keepreel.settings import settings
from tests.unit.providers.higgsfield.samples import FROM_IMAGE, TASK_ID, VIDEO_ID, accepted, job, sent_job
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.mark.parametrize("status", ["queued", "completed", "canceled"])
def test_stored_request_is_resent_under_the_same_key_even_if_the_catalog_changed(
    higgsfield_server: ScriptedServer, status: str
) -> None:
    video_job = job("higgsfield-kling-2.1-pro", prompt="another", sent=FROM_IMAGE, first_sent_at=datetime.now(UTC))
    higgsfield_server.respond(accepted(status))

    task_id = adapter.find(video_job)

    assert task_id == TASK_ID
    assert [(it.method, it.path, it.body, it.headers["Idempotency-Key"]) for it in higgsfield_server.requests] == [
        ("POST", FROM_IMAGE.path, FROM_IMAGE.body, VIDEO_ID)
    ]


@pytest.mark.parametrize(
    ("http_status", "body", "expected"),
    [
        (400, {"detail": "Maximum number of concurrent requests (4) has been reached"}, Unreachable),
        (403, {"detail": "Not enough credits"}, AccountProblem),
        (422, {"detail": "Idempotency-Key was already used with different parameters"}, Unreachable),
        (423, {"detail": "Model is temporarily blocked"}, Unreachable),
        (429, {"detail": "Too many requests"}, Unreachable),
        (500, {"detail": "Internal Server Error"}, Unreachable),
        (503, {"detail": "Model is unavailable"}, Unreachable),
        (200, {"status": "queued"}, Unreachable),
        (404, [], Unreachable),
        (404, {"detail": "Model not found"}, Refused),
        (400, {"detail": "The prompt is NSFW"}, Refused),
    ],
)
def test_response_without_a_request_id_never_means_that_none_exists(
    higgsfield_server: ScriptedServer, http_status: int, body: object, expected: type[ProviderError]
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(ProviderError, match=f"HTTP {http_status}") as raised:
        adapter.find(sent_job())

    assert type(raised.value) is expected
    assert len(higgsfield_server.requests) == 1


def test_refused_resend_keeps_the_reason(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond({"detail": "The prompt is NSFW"}, http_status=400)

    with pytest.raises(Refused) as raised:
        adapter.find(sent_job())

    assert raised.value.failure.code == ErrorCode.PROMPT_REJECTED


def test_failed_connection_is_unreachable(higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise TimeoutError("connect")

    monkeypatch.setattr("urllib3.util.connection.create_connection", fails)

    with pytest.raises(Unreachable, match="no connection to Higgsfield"):
        adapter.find(sent_job())


@pytest.mark.parametrize(("hours_ago", "is_sent"), [(19.9, True), (20, False), (200, False)])
def test_nothing_is_resent_once_the_key_may_be_forgotten(
    higgsfield_server: ScriptedServer, hours_ago: float, *, is_sent: bool
) -> None:
    higgsfield_server.respond({"detail": "Internal Server Error"}, http_status=500)

    error, message = (Unreachable, "HTTP 500") if is_sent else (OutcomeUnknown, "forgotten the Idempotency-Key")
    with pytest.raises(error, match=message):
        adapter.find(sent_job(hours_ago))

    assert len(higgsfield_server.requests) == is_sent


def test_key_lifetime_comes_from_the_settings(
    higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIGGSFIELD_KEY_HOURS", "0.5")
    settings.cache_clear()

    with pytest.raises(OutcomeUnknown, match="forgotten the Idempotency-Key"):
        adapter.find(sent_job(hours_ago=0.6))

    assert higgsfield_server.requests == []


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"sent": FROM_IMAGE},
        {"first_sent_at": datetime.now(UTC)},
        {
            "sent": Submission(video_id=VIDEO_ID, path=FROM_IMAGE.path, body=FROM_IMAGE.body, is_whole=False),
            "first_sent_at": datetime.now(UTC),
        },
    ],
)
def test_incomplete_request_is_not_resent(higgsfield_server: ScriptedServer, known: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        adapter.find(job(**known))

    assert higgsfield_server.requests == []
