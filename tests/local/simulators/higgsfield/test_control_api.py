"""Settings, the control API and the shutdown of the Higgsfield simulator."""

import threading

import pytest
import requests

from local.simulators.core.settings import BadSettings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import HiggsfieldClient, error, image, simulator


def test_shorter_finish_seconds_finish_running_tasks(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()

    higgsfield.configure(finish_seconds=0)

    assert client.status(id).json()["status"] == "completed"


def test_longer_finish_seconds_do_not_change_finished_tasks(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    id = client.accepted()
    clock.now += 10

    higgsfield.configure(finish_seconds=600, queue_seconds=600)

    assert client.status(id).json()["status"] == "completed"


def test_shorter_queue_seconds_start_queued_requests(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()

    higgsfield.configure(queue_seconds=0)

    assert client.status(id).json()["status"] == "in_progress"


def test_longer_queue_seconds_do_not_change_started_requests(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    started = client.accepted()
    clock.now += 2
    waiting = client.accepted()

    higgsfield.configure(queue_seconds=9)
    clock.now += 2

    statuses = [client.status(id).json()["status"] for id in (started, waiting)]
    assert statuses == ["in_progress", "queued"]


@pytest.mark.parametrize("change", [{"lookup_lag_seconds": 1}, {"queue_seconds": "long"}, {"queue_seconds": -1}])
def test_invalid_setting_is_rejected(higgsfield: HiggsfieldSimulator, change: dict[str, object]) -> None:
    before = higgsfield.settings

    with pytest.raises(BadSettings, match=next(iter(change))):
        higgsfield.configure(**change)

    assert higgsfield.settings == before


def _control_api(higgsfield: HiggsfieldSimulator, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{higgsfield.base_url}/_simulator/{path}", json=body, timeout=60)


def test_control_api_returns_and_changes_settings(higgsfield: HiggsfieldSimulator) -> None:
    changed = _control_api(higgsfield, "PUT", "settings", {"finish_seconds": 3, "queue_seconds": 2})

    shown = _control_api(higgsfield, "GET", "settings")

    assert shown.json() == {
        "finish_seconds": 3,
        "concurrency": 20,
        "link_ttl_seconds": 604800,
        "video_short_side": 64,
        "unavailable_models": [],
        "callback_delivery": "deliver",
        "queue_seconds": 2,
        "blocked_models": [],
        "disabled_models": [],
        "discount_percent": 0,
        "expired_link_status": 404,
        "upload_needs": "content type",
    }
    assert (changed.status_code, changed.json()) == (200, shown.json())


def test_control_api_adds_and_clears_faults(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    fault = {"on": "create", "kind": "code", "status": 403, "times": 2, "external_id": "video-1"}

    added = _control_api(higgsfield, "POST", "faults", fault)
    met = client.create("video-1")
    left = _control_api(higgsfield, "GET", "faults").json()
    _control_api(higgsfield, "DELETE", "faults")

    assert (added.status_code, error(met)) == (201, (403, "Not enough credits"))
    assert left == [{**fault, "times": 1, "detail": None}]
    assert client.create("video-1").status_code == 200


def test_control_api_lists_and_deletes_requests(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    public_url = client.uploaded(image())
    id = client.accepted("video-1", image_url=public_url)

    tasks, calls = (
        _control_api(higgsfield, "GET", "tasks").json(),
        _control_api(higgsfield, "GET", "create_calls").json(),
    )
    _control_api(higgsfield, "DELETE", "tasks")

    assert tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "model": "higgsfield-ai/dop/standard",
            "status": "queued",
            "body": {"prompt": "She smiles", "image_url": public_url},
            "created_at": 1_800_000_000.0,
            "used_fields": {"enhance_prompt": True, "prompt": "She smiles", "image_url": public_url},
            "ignored_fields": [],
            "has_sound": False,
            "credits": "9.000",
        }
    ]
    assert calls == {"video-1": 1}
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {})
    assert (client.status(id).status_code, requests.get(public_url, timeout=60).status_code) == (404, 404)
    assert client.create("video-1", prompt="Another one").status_code == 200


def test_control_api_rejects_invalid_requests(higgsfield: HiggsfieldSimulator) -> None:
    responses = [
        _control_api(higgsfield, "PUT", "settings", {"lookup_lag_seconds": 9}),
        _control_api(higgsfield, "POST", "faults", {"on": "create", "kind": "explode"}),
        _control_api(higgsfield, "GET", "secrets"),
    ]

    assert [response.status_code for response in responses] == [400, 400, 404]


def test_stop_closes_idle_connections_and_ends_all_threads() -> None:
    before = set(threading.enumerate())
    with simulator() as higgsfield, requests.Session() as idle:
        idle.get(f"{higgsfield.base_url}/_simulator/settings", timeout=60)
        HiggsfieldClient(higgsfield).accepted()

    assert set(threading.enumerate()) - before == set()
