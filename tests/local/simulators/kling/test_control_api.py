"""Settings, the control API and the shutdown of the Kling simulator."""

import base64
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.simulators.core.settings import BadSettings
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, hang_event, image, outcome, simulator


def test_shorter_finish_seconds_finish_running_tasks(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=600) as kling:
        client = KlingClient(kling)
        client.create("video-1")

        kling.configure(finish_seconds=0)
        task = client.get("/v1/videos/image2video/video-1").json()["data"]

    assert task["task_status"] == "succeed"


def test_new_task_is_submitted_even_if_it_takes_no_time(client: KlingClient) -> None:
    legacy, newer = client.create().json()["data"], client.create_with_tasks_api().json()["data"]

    assert (legacy["task_status"], newer["status"]) == ("submitted", "submitted")


def test_longer_finish_seconds_do_not_change_finished_tasks(client: KlingClient, kling: KlingSimulator) -> None:
    client.create("video-1")

    kling.configure(finish_seconds=600)

    assert client.get("/v1/videos/image2video/video-1").json()["data"]["task_status"] == "succeed"


def test_model_can_be_unavailable_for_one_kind_of_video(client: KlingClient, kling: KlingSimulator) -> None:
    kling.configure(unavailable_models=["text2video/kling-v2-6", "kling-3.0"])

    text = client.post("/v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "Rain"})
    responses = [
        outcome(response) for response in (text, client.create(), client.create_with_tasks_api(model="kling-3.0"))
    ]

    assert responses == [(404, 1203), (200, 0), (404, 1203)]


@pytest.mark.parametrize("change", [{"finish_second": 1}, {"concurrency": "many"}, {"link_ttl_seconds": -1}])
def test_invalid_setting_is_rejected(kling: KlingSimulator, change: dict[str, object]) -> None:
    before = kling.settings

    with pytest.raises(BadSettings, match=next(iter(change))):
        kling.configure(**change)

    assert kling.settings == before


def _control_api(kling: KlingSimulator, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{kling.base_url}/_simulator/{path}", json=body, timeout=60)


def test_control_api_returns_and_changes_settings(kling: KlingSimulator) -> None:
    changed = _control_api(kling, "PUT", "settings", {"finish_seconds": 3, "unavailable_models": ["kling-3.0"]})

    shown = _control_api(kling, "GET", "settings")

    assert shown.json() == {
        "finish_seconds": 3,
        "concurrency": 20,
        "link_ttl_seconds": 2592000,
        "lookup_lag_seconds": 0,
        "video_short_side": 64,
        "duplicate_ids": "refused",
        "unavailable_models": ["kling-3.0"],
        "callback_delivery": "deliver",
        "extra_models": [],
        "retired_code": 1203,
        "retired_status": None,
        "billing": "cash",
        "callback_secrets": [],
    }
    assert (changed.status_code, changed.json()) == (200, shown.json())


def test_control_api_adds_and_clears_faults(client: KlingClient, kling: KlingSimulator) -> None:
    fault = {"on": "create", "kind": "code", "code": 1303, "times": 2, "external_id": "video-1"}

    added = _control_api(kling, "POST", "faults", fault)
    met = client.create("video-1")
    left = _control_api(kling, "GET", "faults").json()
    _control_api(kling, "DELETE", "faults")

    assert (added.status_code, outcome(met)) == (201, (429, 1303))
    assert left == [{**fault, "times": 1, "message": None, "with_data": False}]
    assert outcome(client.create("video-1")) == (200, 0)


def test_control_api_lists_tasks_without_images_and_deletes_them(client: KlingClient, kling: KlingSimulator) -> None:
    source = image()
    id = client.create("video-1", image=source).json()["data"]["task_id"]
    data = base64.b64decode(source)

    tasks, calls = _control_api(kling, "GET", "tasks").json(), _control_api(kling, "GET", "create_calls").json()
    _control_api(kling, "DELETE", "tasks")

    about = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), "width": 320, "height": 320}
    body = {"model_name": "kling-v2-6", "image": about, "prompt": "She smiles", "duration": "5", "mode": "std"}
    assert tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "kind": "image2video",
            "model": "kling-v2-6",
            "status": "succeeded",
            "body": {**body, "external_task_id": "video-1"},
            "created_at": 1_800_000_000.0,
            "choices": {
                "resolution": "720p",
                "seconds": 5,
                "aspect_ratio": None,
                "sound": "off",
                "multi_shot": False,
                "shots": [],
                "video_input": False,
                "voice": False,
                "usd": "0.210",
                "watermark": False,
            },
        }
    ]
    assert calls == {"video-1": 1}
    assert (kling.tasks, kling.create_calls, outcome(client.create("video-1"))) == ([], {}, (200, 0))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "settings", {"speed": 9}, 400),
        ("PUT", "settings", [1], 400),
        ("POST", "faults", {"on": "create"}, 400),
        ("POST", "faults", {"on": "create", "kind": "explode"}, 400),
        *(("POST", "faults", {"on": "create", "kind": "drop", "times": it}, 400) for it in ("a", 0, -1, True, None)),
        ("GET", "secrets", None, 404),
    ],
)
def test_control_api_rejects_invalid_requests(
    kling: KlingSimulator, method: str, path: str, body: object, status: int
) -> None:
    response = _control_api(kling, method, path, body)

    assert response.status_code == status
    assert response.json().keys() == {"error"}
    assert kling.pending_faults() == []


def test_stop_ends_hanging_requests_and_open_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())
    kling = simulator()
    kling.start()
    with requests.Session() as idle, ThreadPoolExecutor(1) as pool:
        idle.get(f"{kling.base_url}/_simulator/settings", timeout=60)
        kling.fault(on="create", kind="hang", seconds=600)
        hangs = hang_event(kling, monkeypatch)
        response = pool.submit(KlingClient(kling).create)
        assert hangs.wait(60)

        kling.stop()
        error = response.exception()

    assert isinstance(error, requests.ConnectionError)
    assert set(threading.enumerate()) - before == set()
