"""Every fault of requests to the Kling simulator."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, hang_event, outcome

_CODES = {
    401: (1000, 1001, 1002, 1003, 1004),
    429: (1100, 1101, 1102, 1302, 1303, 1304),
    403: (1103,),
    400: (1200, 1201, 1300, 1301),
    404: (1202, 1203),
    500: (5000,),
    503: (5001,),
    504: (5002,),
}


# Create requests


@pytest.mark.parametrize(("status", "code"), [(status, code) for status, codes in _CODES.items() for code in codes])
def test_create_can_return_every_service_code(
    client: KlingClient, kling: KlingSimulator, status: int, code: int
) -> None:
    kling.fault(on="create", kind="code", code=code)

    response = client.create("video-1")

    assert outcome(response) == (status, code)
    assert response.json().keys() == {"code", "message", "request_id"}
    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1})


def test_error_message_can_be_set(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1201, message="image is not allowed")

    response = client.create()

    assert (outcome(response), response.json()["message"]) == ((400, 1201), "image is not allowed")


def test_create_with_a_lost_response_leaves_a_task(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="lose_reply")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")

    assert [task["external_id"] for task in kling.tasks] == ["video-1"]


def test_dropped_create_has_no_effect(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="drop")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")

    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1})


@pytest.mark.parametrize("accept", [True, False])
def test_create_can_hang_with_or_without_a_task(
    client: KlingClient, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch, *, accept: bool
) -> None:
    kling.fault(on="create", kind="hang", seconds=600, accept=accept)
    hangs = hang_event(kling, monkeypatch)

    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(client.create)
        assert hangs.wait(60)
        tasks = len(kling.tasks)
        kling.stop()

    assert isinstance(response.exception(), requests.ConnectionError)
    assert tasks == (1 if accept else 0)


def test_short_hang_returns_a_response(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="hang", seconds=0.01)

    assert outcome(client.create()) == (200, 0)


@pytest.mark.parametrize("accept", [True, False])
def test_create_can_return_garbage(client: KlingClient, kling: KlingSimulator, *, accept: bool) -> None:
    kling.fault(on="create", kind="garbage", accept=accept)

    response = client.create()

    assert response.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        response.json()
    assert len(kling.tasks) == (1 if accept else 0)


def test_create_can_return_json_of_the_wrong_shape(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="wrong_json", body={"ok": True})

    response = client.create()

    assert (response.status_code, response.json(), len(kling.tasks)) == (200, {"ok": True}, 1)


@pytest.mark.parametrize("accept", [True, False])
def test_create_can_return_a_gateway_error(client: KlingClient, kling: KlingSimulator, *, accept: bool) -> None:
    kling.fault(on="create", kind="http", status=504, accept=accept)

    response = client.create()

    assert (response.status_code, response.headers["Content-Type"]) == (504, "text/html")
    assert len(kling.tasks) == (1 if accept else 0)


def test_accepted_task_can_fail_later(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", times=2, message="Failure to pass the risk control system")

    created = [client.create("legacy"), client.create_with_tasks_api("tasks_api")]
    legacy = client.get("/v1/videos/image2video/legacy").json()["data"]
    [tasks_api] = client.get("/tasks", external_task_ids="tasks_api").json()["data"]

    message = "Failure to pass the risk control system"
    assert [outcome(response) for response in created] == [(200, 0), (200, 0)]
    assert (legacy["task_status"], legacy["task_status_msg"], "task_result" in legacy) == ("failed", message, False)
    assert (tasks_api["status"], tasks_api["message"], tasks_api["outputs"], tasks_api["billing"]) == (
        "failed",
        message,
        [],
        [],
    )


def test_task_can_run_forever(client: KlingClient, kling: KlingSimulator, clock: Clock) -> None:
    kling.fault(on="create", kind="never_finishes")
    client.create("video-1")

    kling.configure(finish_seconds=0)
    clock.now += 86400

    assert client.get("/v1/videos/image2video/video-1").json()["data"]["task_status"] == "processing"


# Queries


@pytest.mark.parametrize(("kind", "details", "status"), [("http_500", {}, 500), ("http", {"status": 503}, 503)])
def test_query_can_return_a_gateway_error(
    client: KlingClient, kling: KlingSimulator, kind: str, details: dict[str, Any], status: int
) -> None:
    client.create("video-1")
    kling.fault(on="query", kind=kind, **details)

    responses = [client.get("/v1/videos/image2video/video-1").status_code for _ in range(2)]

    assert responses == [status, 200]


def test_query_can_be_rejected_dropped_or_return_garbage(client: KlingClient, kling: KlingSimulator) -> None:
    client.create_with_tasks_api("video-1")
    kling.fault(on="query", kind="code", code=5000)
    kling.fault(on="query", kind="garbage")
    kling.fault(on="query", kind="drop")

    error, garbage = (client.get("/tasks", external_task_ids="video-1") for _ in range(2))
    with pytest.raises(requests.ConnectionError):
        client.get("/tasks", external_task_ids="video-1")

    assert outcome(error) == (500, 5000)
    assert (garbage.status_code, garbage.content[:1]) == (200, b"\x00")


def test_task_can_be_missing_for_some_queries(client: KlingClient, kling: KlingSimulator) -> None:
    client.create("legacy")
    client.create_with_tasks_api("tasks_api")
    kling.fault(on="query", kind="vanish", times=2)

    legacy, tasks_api = client.get("/v1/videos/image2video/legacy"), client.get("/tasks", external_task_ids="tasks_api")
    again = client.get("/v1/videos/image2video/legacy")

    assert (outcome(legacy), tasks_api.json()["data"], outcome(again)) == ((400, 1201), [], (200, 0))


def test_status_can_be_undocumented(client: KlingClient, kling: KlingSimulator) -> None:
    client.create("video-1")
    kling.fault(on="query", kind="unknown_status", word="reviewing")

    task = client.get("/v1/videos/image2video/video-1").json()["data"]

    assert (task["task_status"], "task_result" in task) == ("reviewing", False)


def test_new_task_is_found_by_task_id_before_external_id(
    client: KlingClient, kling: KlingSimulator, clock: Clock
) -> None:
    kling.configure(lookup_lag_seconds=30)
    id = client.create("video-1").json()["data"]["task_id"]

    by_task_id, too_early = (outcome(client.get(f"/v1/videos/image2video/{name}")) for name in (id, "video-1"))
    clock.now += 30
    later = outcome(client.get("/v1/videos/image2video/video-1"))

    assert (by_task_id, too_early, later) == ((200, 0), (400, 1201), (200, 0))
