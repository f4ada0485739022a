"""Whatever can go wrong at Kling goes wrong on demand, through Python and over HTTP."""

import base64
import hashlib
import threading
from typing import Any

import pytest
import requests

from local.simulators.core.settings import BadSettings
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import Caller, image, outcome, simulator

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


# Creates


@pytest.mark.parametrize(("status", "code"), [(status, code) for status, codes in _CODES.items() for code in codes])
def test_every_service_code_can_refuse_a_create(caller: Caller, kling: KlingSimulator, status: int, code: int) -> None:
    kling.fault(on="create", kind="code", code=code)

    answer = caller.create("video-1")

    assert outcome(answer) == (status, code)
    assert answer.json().keys() == {"code", "message", "request_id"}
    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1})


def test_a_refusal_may_have_words_of_its_own(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1201, message="image is not allowed")

    answer = caller.create()

    assert (outcome(answer), answer.json()["message"]) == ((400, 1201), "image is not allowed")


def test_a_lost_reply_leaves_a_task_behind(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="lose_reply")

    with pytest.raises(requests.ConnectionError):
        caller.create("video-1")

    assert [task["external_id"] for task in kling.tasks] == ["video-1"]


def test_a_dropped_create_leaves_nothing_behind(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="drop")

    with pytest.raises(requests.ConnectionError):
        caller.create("video-1")

    assert (kling.tasks, kling.create_calls) == ([], {"video-1": 1})


@pytest.mark.parametrize("accept", [True, False])
def test_a_create_may_hang_with_or_without_a_task(caller: Caller, kling: KlingSimulator, *, accept: bool) -> None:
    kling.fault(on="create", kind="hang", seconds=60, accept=accept)
    url, headers = f"{kling.base_url}/v1/videos/image2video", caller.headers
    body = {"model_name": "kling-v2-1", "image": image()}

    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json=body, headers=headers, timeout=0.5)

    assert len(kling.tasks) == (1 if accept else 0)


def test_a_short_hang_is_answered_in_the_end(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="hang", seconds=0.01)

    assert outcome(caller.create()) == (200, 0)


@pytest.mark.parametrize("accept", [True, False])
def test_a_create_may_be_answered_by_garbage(caller: Caller, kling: KlingSimulator, *, accept: bool) -> None:
    kling.fault(on="create", kind="garbage", accept=accept)

    answer = caller.create()

    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert len(kling.tasks) == (1 if accept else 0)


def test_a_create_may_be_answered_by_json_of_another_shape(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="wrong_json", body={"ok": True})

    answer = caller.create()

    assert (answer.status_code, answer.json(), len(kling.tasks)) == (200, {"ok": True}, 1)


@pytest.mark.parametrize("accept", [True, False])
def test_a_create_may_be_answered_by_a_gateway(caller: Caller, kling: KlingSimulator, *, accept: bool) -> None:
    kling.fault(on="create", kind="http", status=504, accept=accept)

    answer = caller.create()

    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html")
    assert len(kling.tasks) == (1 if accept else 0)


def test_a_task_may_be_accepted_and_then_fail(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", times=2, message="Failure to pass the risk control system")

    created = [caller.create("legacy"), caller.create_newer("newer")]
    legacy = caller.get("/v1/videos/image2video/legacy").json()["data"]
    [newer] = caller.get("/tasks", external_task_ids="newer").json()["data"]

    words = "Failure to pass the risk control system"
    assert [outcome(answer) for answer in created] == [(200, 0), (200, 0)]
    assert (legacy["task_status"], legacy["task_status_msg"], "task_result" in legacy) == ("failed", words, False)
    assert (newer["status"], newer["message"], newer["outputs"], newer["billing"]) == ("failed", words, [], [])


def test_a_task_may_never_finish(caller: Caller, kling: KlingSimulator, clock: Clock) -> None:
    kling.fault(on="create", kind="never_finishes")
    caller.create("video-1")

    kling.configure(finish_seconds=0)
    clock.now += 86400

    assert caller.get("/v1/videos/image2video/video-1").json()["data"]["task_status"] == "processing"


# Queries


@pytest.mark.parametrize(("kind", "details", "status"), [("http_500", {}, 500), ("http", {"status": 503}, 503)])
def test_a_query_may_be_answered_by_a_gateway(
    caller: Caller, kling: KlingSimulator, kind: str, details: dict[str, Any], status: int
) -> None:
    caller.create("video-1")
    kling.fault(on="query", kind=kind, **details)

    answers = [caller.get("/v1/videos/image2video/video-1").status_code for _ in range(2)]

    assert answers == [status, 200]


def test_a_query_may_be_refused_dropped_or_answered_by_garbage(caller: Caller, kling: KlingSimulator) -> None:
    caller.create_newer("video-1")
    kling.fault(on="query", kind="code", code=5000)
    kling.fault(on="query", kind="garbage")
    kling.fault(on="query", kind="drop")

    refused, garbage = (caller.get("/tasks", external_task_ids="video-1") for _ in range(2))
    with pytest.raises(requests.ConnectionError):
        caller.get("/tasks", external_task_ids="video-1")

    assert outcome(refused) == (500, 5000)
    assert (garbage.status_code, garbage.content[:1]) == (200, b"\x00")


def test_a_task_may_vanish_for_a_while(caller: Caller, kling: KlingSimulator) -> None:
    caller.create("legacy")
    caller.create_newer("newer")
    kling.fault(on="query", kind="vanish", times=2)

    legacy, newer = caller.get("/v1/videos/image2video/legacy"), caller.get("/tasks", external_task_ids="newer")
    again = caller.get("/v1/videos/image2video/legacy")

    assert (outcome(legacy), newer.json()["data"], outcome(again)) == ((400, 1201), [], (200, 0))


def test_a_status_may_be_a_word_that_no_document_has(caller: Caller, kling: KlingSimulator) -> None:
    caller.create("video-1")
    kling.fault(on="query", kind="unknown_status", word="reviewing")

    task = caller.get("/v1/videos/image2video/video-1").json()["data"]

    assert (task["task_status"], "task_result" in task) == ("reviewing", False)


def test_a_new_task_is_found_by_its_own_id_before_it_is_found_by_the_callers(
    caller: Caller, kling: KlingSimulator, clock: Clock
) -> None:
    kling.configure(lookup_lag_seconds=30)
    id = caller.create("video-1").json()["data"]["task_id"]

    by_theirs, too_early = (outcome(caller.get(f"/v1/videos/image2video/{name}")) for name in (id, "video-1"))
    clock.now += 30
    later = outcome(caller.get("/v1/videos/image2video/video-1"))

    assert (by_theirs, too_early, later) == ((200, 0), (400, 1201), (200, 0))


# Which requests a fault meets


def test_a_fault_may_wait_for_one_video(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1303, external_id="unlucky", times=2)

    answers = [outcome(caller.create(name)) for name in ("lucky", "unlucky", "unlucky", "unlucky")]

    assert answers == [(200, 0), (429, 1303), (429, 1303), (200, 0)]


def test_a_fault_of_one_video_meets_queries_by_either_id(caller: Caller, kling: KlingSimulator) -> None:
    id = caller.create("video-1").json()["data"]["task_id"]
    kling.fault(on="query", kind="code", code=5000, external_id="video-1", times=2)

    answers = [outcome(caller.get(f"/v1/videos/image2video/{name}")) for name in (id, "video-1")]

    assert answers == [(500, 5000)] * 2


def test_a_stranger_uses_up_no_fault(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1303)

    answers = [outcome(Caller(kling, credential="wrong").create()), outcome(caller.create())]

    assert answers == [(401, 1000), (429, 1303)]


def test_cleared_faults_do_no_harm(caller: Caller, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="drop", times=9)

    kling.clear_faults()

    assert outcome(caller.create()) == (200, 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"on": "create", "kind": "explode"},
        {"on": "creation", "kind": "drop"},
        {"on": "create", "kind": "code"},
        {"on": "create", "kind": "drop", "seconds": 3},
    ],
    ids=["unknown kind", "unknown place", "missing detail", "unknown detail"],
)
def test_a_fault_that_makes_no_sense_is_refused_by_name(kling: KlingSimulator, fault: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"explode|creation|code|drop"):
        kling.fault(**fault)


# Steering


def test_a_shorter_time_finishes_what_is_running(clock: Clock) -> None:
    with simulator(clock=clock, finish_seconds=600) as kling:
        caller = Caller(kling)
        caller.create("video-1")

        kling.configure(finish_seconds=0)
        task = caller.get("/v1/videos/image2video/video-1").json()["data"]

    assert task["task_status"] == "succeed"


def test_a_new_task_is_told_as_submitted_even_where_it_takes_no_time(caller: Caller) -> None:
    legacy, newer = caller.create().json()["data"], caller.create_newer().json()["data"]

    assert (legacy["task_status"], newer["status"]) == ("submitted", "submitted")


def test_a_longer_time_does_not_reopen_what_has_finished(caller: Caller, kling: KlingSimulator) -> None:
    caller.create("video-1")

    kling.configure(finish_seconds=600)

    assert caller.get("/v1/videos/image2video/video-1").json()["data"]["task_status"] == "succeed"


def test_a_model_may_be_switched_off_for_one_kind_of_video(caller: Caller, kling: KlingSimulator) -> None:
    kling.configure(unavailable_models=["text2video/kling-v2-1", "kling-3.0"])

    text = caller.post("/v1/videos/text2video", {"model_name": "kling-v2-1", "prompt": "Rain"})
    answers = [outcome(answer) for answer in (text, caller.create(), caller.create_newer(model="kling-3.0"))]

    assert answers == [(404, 1203), (200, 0), (404, 1203)]


@pytest.mark.parametrize("change", [{"finish_second": 1}, {"concurrency": "many"}, {"link_ttl_seconds": -1}])
def test_a_setting_that_makes_no_sense_is_refused(kling: KlingSimulator, change: dict[str, object]) -> None:
    before = kling.settings

    with pytest.raises(BadSettings, match=next(iter(change))):
        kling.configure(**change)

    assert kling.settings == before


# The door


def _door(kling: KlingSimulator, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{kling.base_url}/_simulator/{path}", json=body, timeout=10)


def test_the_door_shows_and_changes_settings(kling: KlingSimulator) -> None:
    changed = _door(kling, "PUT", "settings", {"finish_seconds": 3, "unavailable_models": ["kling-3.0"]})

    shown = _door(kling, "GET", "settings")

    assert shown.json() == {
        "finish_seconds": 3,
        "concurrency": 20,
        "link_ttl_seconds": 2592000,
        "lookup_lag_seconds": 0,
        "video_short_side": 64,
        "unavailable_models": ["kling-3.0"],
    }
    assert (changed.status_code, changed.json()) == (200, shown.json())


def test_the_door_takes_faults_and_clears_them(caller: Caller, kling: KlingSimulator) -> None:
    fault = {"on": "create", "kind": "code", "code": 1303, "times": 2, "external_id": "video-1"}

    added = _door(kling, "POST", "faults", fault)
    met = caller.create("video-1")
    left = _door(kling, "GET", "faults").json()
    _door(kling, "DELETE", "faults")

    assert (added.status_code, outcome(met)) == (201, (429, 1303))
    assert left == [{**fault, "times": 1, "message": None}]
    assert outcome(caller.create("video-1")) == (200, 0)


def test_the_door_tells_tasks_without_their_images_and_forgets_them(caller: Caller, kling: KlingSimulator) -> None:
    source = image()
    id = caller.create("video-1", image=source).json()["data"]["task_id"]
    data = base64.b64decode(source)

    tasks, calls = _door(kling, "GET", "tasks").json(), _door(kling, "GET", "create_calls").json()
    _door(kling, "DELETE", "tasks")

    about = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), "width": 320, "height": 320}
    body = {"model_name": "kling-v2-1", "image": about, "prompt": "She smiles", "duration": "5", "mode": "std"}
    assert tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "kind": "image2video",
            "model": "kling-v2-1",
            "status": "succeeded",
            "body": {**body, "external_task_id": "video-1"},
            "created_at": 1_800_000_000.0,
        }
    ]
    assert calls == {"video-1": 1}
    assert (kling.tasks, kling.create_calls, outcome(caller.create("video-1"))) == ([], {}, (200, 0))


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
def test_the_door_says_what_it_does_not_understand(
    kling: KlingSimulator, method: str, path: str, body: object, status: int
) -> None:
    answer = _door(kling, method, path, body)

    assert answer.status_code == status
    assert answer.json().keys() == {"error"}
    assert kling.pending_faults() == []


# The end


def test_it_stops_at_once_with_requests_hanging_and_connections_open() -> None:
    before = set(threading.enumerate())
    kling = simulator()
    kling.start()
    with requests.Session() as idle:
        idle.get(f"{kling.base_url}/_simulator/settings", timeout=10)
        kling.fault(on="create", kind="hang", seconds=600)
        answers: list[str] = []
        hanging = threading.Thread(target=lambda: answers.append(_outcome_of_hanging(kling)))
        hanging.start()
        # The task is there before its answer hangs.
        assert any(_door(kling, "GET", "tasks").json() for _ in range(1000))

        kling.stop()
        hanging.join(10)
        left = set(threading.enumerate()) - before

    assert (answers, left) == (["ConnectionError"], set())


def _outcome_of_hanging(kling: KlingSimulator) -> str:
    try:
        return str(Caller(kling).create("video-1").status_code)
    except requests.ConnectionError:
        return "ConnectionError"
