"""Faults of requests to the Higgsfield simulator, and which requests a fault applies to."""

from typing import Any

import pytest
import requests

from local.simulators.core.settings import BadSettings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import HiggsfieldClient, error

_ERRORS = {
    400: "Maximum number of concurrent requests (4) has been reached",
    401: "Invalid credentials",
    403: "Not enough credits",
    404: "Not Found",
    423: "Model is temporarily blocked",
    429: "Too many requests",
    500: "Internal Server Error",
    503: "Model is disabled or not ready",
}


# Create requests


@pytest.mark.parametrize("status", _ERRORS)
def test_create_can_return_every_documented_error(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, status: int
) -> None:
    higgsfield.fault(on="create", kind="code", status=status)

    response = client.create("video-1")

    assert error(response) == (status, _ERRORS[status])
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


@pytest.mark.parametrize("detail", ["image is not allowed", [{"loc": ["body", "prompt"], "msg": "?", "type": "x"}]])
def test_error_message_can_be_set(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, detail: object) -> None:
    higgsfield.fault(on="create", kind="code", status=422, detail=detail)

    response = client.create()

    assert (response.status_code, response.json()) == (422, {"detail": detail})


def test_injected_error_does_not_use_the_idempotency_key(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", kind="code", status=403)
    client.create("video-1")

    assert client.create("video-1", prompt="Another one").status_code == 200


def test_request_with_a_lost_response_is_found_by_its_key(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", kind="lose_reply")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")
    replayed = client.create("video-1").json()

    [task] = higgsfield.tasks
    assert (replayed["request_id"], higgsfield.create_calls) == (task["id"], {"video-1": 2})


def test_dropped_create_has_no_effect(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="drop")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")

    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


def test_slow_create_returns_a_response(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="hang", seconds=0.01)

    assert client.create().status_code == 200


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ({"kind": "garbage"}, (200, "application/json", b"\x00 upstream said: ok")),
        ({"kind": "wrong_json", "body": {"id": 1}}, (200, "application/json", b'{"id": 1}')),
        ({"kind": "http", "status": 504}, (504, "text/html", None)),
        ({"kind": "http", "status": 200}, (200, "text/html", None)),
    ],
    ids=["garbage", "JSON of the wrong shape", "a gateway error page", "a page with status 200"],
)
def test_create_can_return_an_invalid_response(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    fault: dict[str, Any],
    shown: tuple[int, str, bytes | None],
    *,
    accept: bool,
) -> None:
    higgsfield.fault(on="create", accept=accept, **fault)

    response = client.create()

    status, content_type, content = shown
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)
    assert response.content == content or (content is None and response.content[:6] == b"<html>")
    assert len(higgsfield.tasks) == (1 if accept else 0)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ({"kind": "task_fails", "message": "The model broke"}, {"status": "failed", "error": "The model broke"}),
        ({"kind": "nsfw"}, {"status": "nsfw"}),
        ({"kind": "canceled"}, {"status": "canceled"}),
        ({"kind": "ends_as", "status": "ip_detected"}, {"status": "ip_detected"}),
        ({"kind": "ends_as", "status": "NSFW"}, {"status": "NSFW"}),
    ],
)
def test_accepted_request_can_fail_later(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, fault: dict[str, Any], end: dict[str, str]
) -> None:
    higgsfield.fault(on="create", **fault)
    created = client.create().json()

    clock.now += 10

    assert client.status(created["request_id"]).json() == {**created, **end}
    assert higgsfield.encoded_videos == 0


def test_completed_word_in_another_case_has_a_video(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    higgsfield.fault(on="create", kind="ends_as", status="COMPLETED")
    id = client.accepted()

    clock.now += 10

    shown = client.status(id).json()
    assert (shown["status"], shown["expires_at"], "video" in shown) == ("COMPLETED", "2027-01-22T08:00:10Z", True)


def test_request_can_run_forever(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock) -> None:
    higgsfield.fault(on="create", kind="never_finishes")
    id = client.accepted()

    higgsfield.configure(finish_seconds=0)
    clock.now += 86400

    assert client.status(id).json()["status"] == "in_progress"


# Queries and cancellation


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [("http_500", {}, 500), ("http", {"status": 503}, 503), ("code", {"status": 429}, 429), ("vanish", {}, 404)],
)
def test_query_can_fail_several_times(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, kind: str, details: dict[str, Any], status: int
) -> None:
    id = client.accepted()
    higgsfield.fault(on="query", kind=kind, times=2, **details)

    responses = [client.status(id).status_code for _ in range(3)]

    assert responses == [status, status, 200]


def test_query_can_be_dropped_or_return_an_invalid_response(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    id = client.accepted()
    for kind in ("garbage", "wrong_json", "drop"):
        higgsfield.fault(on="query", kind=kind)

    garbage, other = client.status(id), client.status(id)
    with pytest.raises(requests.ConnectionError):
        client.status(id)

    assert (garbage.content[:1], other.json()) == (b"\x00", ["ok"])


def test_status_can_be_undocumented(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock) -> None:
    created = client.create().json()
    clock.now += 10
    higgsfield.fault(on="query", kind="unknown_status", word="reviewing")

    assert client.status(created["request_id"]).json() == {**created, "status": "reviewing"}


@pytest.mark.parametrize(("kind", "status"), [("lose_reply", "canceled"), ("drop", "queued")])
def test_cancel_without_a_response_may_or_may_not_take_effect(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, kind: str, status: str
) -> None:
    id = client.accepted("video-1")
    higgsfield.fault(on="cancel", kind=kind, external_id="video-1")

    with pytest.raises(requests.ConnectionError):
        client.cancel(id)

    assert client.status(id).json()["status"] == status


def test_cancel_can_be_rejected(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()
    higgsfield.fault(on="cancel", kind="code", status=503)

    assert [client.cancel(id).status_code for _ in range(2)] == [503, 202]


# Scope of a fault


@pytest.mark.parametrize("on", ["create", "query"])
def test_fault_can_apply_to_one_video(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, on: str) -> None:
    ids = {key: client.accepted(key) for key in ("other", "affected")}
    higgsfield.fault(on=on, kind="code", status=500, external_id="affected")

    calls = {"create": client.create, "query": lambda key: client.status(ids[key])}
    responses = [calls[on](key).status_code for key in ("other", "affected", "affected")]

    assert responses == [200, 500, 200]


def test_unauthorized_request_does_not_use_up_a_fault(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator
) -> None:
    unauthorized, id = HiggsfieldClient(higgsfield, authorization="Key some:body"), client.accepted()
    for on in ("create", "query", "cancel", "upload"):
        higgsfield.fault(on=on, kind="code", status=423)

    calls = [
        (caller.create, caller.offer, lambda caller=caller: caller.status(id), lambda caller=caller: caller.cancel(id))
        for caller in (unauthorized, client)
    ]
    responses = [[call().status_code for call in one] for one in calls]

    assert responses == [[401] * 4, [423] * 4]


@pytest.mark.parametrize(
    "fault",
    [
        {"on": "create", "kind": "explode"},
        {"on": "creation", "kind": "drop"},
        {"on": "create", "kind": "code"},
        {"on": "create", "kind": "code", "code": 1303},
    ],
    ids=["unknown kind", "unknown place", "missing detail", "a detail of Kling's"],
)
def test_invalid_fault_is_rejected(higgsfield: HiggsfieldSimulator, fault: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"explode|creation|code"):
        higgsfield.fault(**fault)
