"""Whatever can go wrong at Higgsfield goes wrong on demand, through Python and over HTTP."""

import threading
from typing import Any

import pytest
import requests

from local.simulators.core.settings import BadSettings
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import FACE, HiggsfieldCaller, image, refused, simulator

_REFUSALS = {
    400: "Maximum number of concurrent requests (4) has been reached",
    401: "Invalid credentials",
    403: "Not enough credits",
    404: "Not Found",
    423: "Model is temporarily blocked",
    429: "Too many requests",
    500: "Internal Server Error",
    503: "Model is unavailable",
}


# Creates


@pytest.mark.parametrize("status", _REFUSALS)
def test_every_refusal_can_meet_a_create(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, status: int
) -> None:
    higgsfield.fault(on="create", kind="code", status=status)

    answer = client.create("video-1")

    assert refused(answer) == (status, _REFUSALS[status])
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


@pytest.mark.parametrize("detail", ["image is not allowed", [{"loc": ["body", "prompt"], "msg": "?", "type": "x"}]])
def test_a_refusal_may_have_words_of_its_own(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, detail: object
) -> None:
    higgsfield.fault(on="create", kind="code", status=422, detail=detail)

    answer = client.create()

    assert (answer.status_code, answer.json()) == (422, {"detail": detail})


def test_a_refusal_on_demand_uses_up_no_key(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="code", status=403)
    client.create("video-1")

    assert client.create("video-1", prompt="Another one").status_code == 200


def test_a_lost_reply_leaves_a_request_behind_that_the_key_finds(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", kind="lose_reply")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")
    replayed = client.create("video-1").json()

    [task] = higgsfield.tasks
    assert (replayed["request_id"], higgsfield.create_calls) == (task["id"], {"video-1": 2})


def test_a_dropped_create_leaves_nothing_behind(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="drop")

    with pytest.raises(requests.ConnectionError):
        client.create("video-1")

    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"video-1": 1})


def test_a_slow_create_is_answered_in_the_end(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
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
    ids=["garbage", "JSON of another shape", "a gateway's page", "a page as if all were well"],
)
def test_a_create_may_be_answered_by_nonsense(
    client: HiggsfieldCaller,
    higgsfield: HiggsfieldSimulator,
    fault: dict[str, Any],
    shown: tuple[int, str, bytes | None],
    *,
    accept: bool,
) -> None:
    higgsfield.fault(on="create", accept=accept, **fault)

    answer = client.create()

    status, content_type, content = shown
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert answer.content == content or (content is None and answer.content[:6] == b"<html>")
    assert len(higgsfield.tasks) == (1 if accept else 0)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ({"kind": "task_fails", "message": "The model broke"}, {"status": "failed", "error": "The model broke"}),
        ({"kind": "nsfw"}, {"status": "nsfw"}),
        ({"kind": "canceled"}, {"status": "canceled"}),
    ],
)
def test_a_request_may_be_accepted_and_then_end_badly(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock, fault: dict[str, Any], end: dict[str, str]
) -> None:
    higgsfield.fault(on="create", **fault)
    created = client.create().json()

    clock.now += 10

    expected = {**created, **end, "expires_at": "2027-01-22T08:00:10Z"}
    assert client.status(created["request_id"]).json() == expected
    assert higgsfield.encoded_videos == 0


def test_a_request_may_never_finish(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock) -> None:
    higgsfield.fault(on="create", kind="never_finishes")
    id = client.accepted()

    higgsfield.configure(finish_seconds=0)
    clock.now += 86400

    assert client.status(id).json()["status"] == "in_progress"


# Queries and cancels


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [("http_500", {}, 500), ("http", {"status": 503}, 503), ("code", {"status": 429}, 429), ("vanish", {}, 404)],
)
def test_a_query_may_fail_for_a_while(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, kind: str, details: dict[str, Any], status: int
) -> None:
    id = client.accepted()
    higgsfield.fault(on="query", kind=kind, times=2, **details)

    answers = [client.status(id).status_code for _ in range(3)]

    assert answers == [status, status, 200]


def test_a_query_may_be_dropped_or_answered_by_nonsense(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    id = client.accepted()
    for kind in ("garbage", "wrong_json", "drop"):
        higgsfield.fault(on="query", kind=kind)

    garbage, other = client.status(id), client.status(id)
    with pytest.raises(requests.ConnectionError):
        client.status(id)

    assert (garbage.content[:1], other.json()) == (b"\x00", ["ok"])


def test_a_status_may_be_a_word_that_no_document_has(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    created = client.create().json()
    clock.now += 10
    higgsfield.fault(on="query", kind="unknown_status", word="reviewing")

    assert client.status(created["request_id"]).json() == {**created, "status": "reviewing"}


@pytest.mark.parametrize(("kind", "status"), [("lose_reply", "canceled"), ("drop", "queued")])
def test_a_cancel_without_an_answer_may_or_may_not_have_worked(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, kind: str, status: str
) -> None:
    id = client.accepted("video-1")
    higgsfield.fault(on="cancel", kind=kind, external_id="video-1")

    with pytest.raises(requests.ConnectionError):
        client.cancel(id)

    assert client.status(id).json()["status"] == status


def test_a_cancel_may_be_refused(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()
    higgsfield.fault(on="cancel", kind="code", status=503)

    assert [client.cancel(id).status_code for _ in range(2)] == [503, 202]


# Uploads and downloads


def test_an_upload_may_be_refused_when_it_is_asked_for(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="upload", kind="code", status=429)

    assert [client.offer().status_code for _ in range(2)] == [429, 200]


@pytest.mark.parametrize(("accept", "status"), [(True, 200), (False, 404)])
def test_an_upload_may_break_when_the_file_comes(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, *, accept: bool, status: int
) -> None:
    offer = client.offer().json()
    higgsfield.fault(on="upload_file", kind="http", status=502, accept=accept)

    put = requests.put(offer["upload_url"], data=image(), headers=offer["upload_headers"], timeout=10)

    assert (put.status_code, requests.get(offer["public_url"], timeout=10).status_code) == (502, status)


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [("expired", {}, 403), ("http", {}, 502), ("html", {}, 200), ("redirect", {"to": FACE}, 302)],
)
def test_a_download_may_break(
    client: HiggsfieldCaller,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    kind: str,
    details: dict[str, Any],
    status: int,
) -> None:
    id = client.accepted("video-1")
    clock.now += 10
    link = client.link(id)
    higgsfield.fault(on="download", kind=kind, external_id="video-1", **details)

    answers = [requests.get(link, timeout=10, allow_redirects=False) for _ in range(2)]

    whole = "video/mp4"
    assert [answer.status_code for answer in answers] == [status, 200]
    assert (answers[0].headers.get("Content-Type") == whole, answers[1].headers["Content-Type"]) == (False, whole)


# Which requests a fault meets


@pytest.mark.parametrize("on", ["create", "query"])
def test_a_fault_may_wait_for_one_video(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, on: str) -> None:
    ids = {key: client.accepted(key) for key in ("lucky", "unlucky")}
    higgsfield.fault(on=on, kind="code", status=500, external_id="unlucky")

    calls = {"create": client.create, "query": lambda key: client.status(ids[key])}
    answers = [calls[on](key).status_code for key in ("lucky", "unlucky", "unlucky")]

    assert answers == [200, 500, 200]


def test_a_stranger_uses_up_no_fault(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    stranger, id = HiggsfieldCaller(higgsfield, authorization="Key some:body"), client.accepted()
    for on in ("create", "query", "cancel", "upload"):
        higgsfield.fault(on=on, kind="code", status=423)

    calls = [
        (caller.create, caller.offer, lambda caller=caller: caller.status(id), lambda caller=caller: caller.cancel(id))
        for caller in (stranger, client)
    ]
    answers = [[call().status_code for call in one] for one in calls]

    assert answers == [[401] * 4, [423] * 4]


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
def test_a_fault_that_makes_no_sense_is_refused_by_name(higgsfield: HiggsfieldSimulator, fault: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"explode|creation|code"):
        higgsfield.fault(**fault)


# Steering


def test_a_shorter_time_finishes_what_is_running(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()

    higgsfield.configure(finish_seconds=0)

    assert client.status(id).json()["status"] == "completed"


def test_a_longer_time_does_not_reopen_what_has_finished(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    id = client.accepted()
    clock.now += 10

    higgsfield.configure(finish_seconds=600, queue_seconds=600)

    assert client.status(id).json()["status"] == "completed"


def test_a_shorter_queue_starts_what_waits_in_it(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    id = client.accepted()

    higgsfield.configure(queue_seconds=0)

    assert client.status(id).json()["status"] == "in_progress"


def test_a_longer_queue_takes_back_nothing_that_has_started(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    started = client.accepted()
    clock.now += 2
    waiting = client.accepted()

    higgsfield.configure(queue_seconds=9)
    clock.now += 2

    statuses = [client.status(id).json()["status"] for id in (started, waiting)]
    assert statuses == ["in_progress", "queued"]


@pytest.mark.parametrize("change", [{"lookup_lag_seconds": 1}, {"queue_seconds": "long"}, {"queue_seconds": -1}])
def test_a_setting_that_makes_no_sense_is_refused(higgsfield: HiggsfieldSimulator, change: dict[str, object]) -> None:
    before = higgsfield.settings

    with pytest.raises(BadSettings, match=next(iter(change))):
        higgsfield.configure(**change)

    assert higgsfield.settings == before


# The door


def _door(higgsfield: HiggsfieldSimulator, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, f"{higgsfield.base_url}/_simulator/{path}", json=body, timeout=10)


def test_the_door_shows_and_changes_settings(higgsfield: HiggsfieldSimulator) -> None:
    changed = _door(higgsfield, "PUT", "settings", {"finish_seconds": 3, "queue_seconds": 2})

    shown = _door(higgsfield, "GET", "settings")

    assert shown.json() == {
        "finish_seconds": 3,
        "concurrency": 20,
        "link_ttl_seconds": 604800,
        "video_short_side": 64,
        "unavailable_models": [],
        "queue_seconds": 2,
    }
    assert (changed.status_code, changed.json()) == (200, shown.json())


def test_the_door_takes_faults_and_clears_them(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    fault = {"on": "create", "kind": "code", "status": 403, "times": 2, "external_id": "video-1"}

    added = _door(higgsfield, "POST", "faults", fault)
    met = client.create("video-1")
    left = _door(higgsfield, "GET", "faults").json()
    _door(higgsfield, "DELETE", "faults")

    assert (added.status_code, refused(met)) == (201, (403, "Not enough credits"))
    assert left == [{**fault, "times": 1, "detail": None}]
    assert client.create("video-1").status_code == 200


def test_the_door_tells_requests_and_forgets_them(client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator) -> None:
    public_url = client.uploaded(image())
    id = client.accepted("video-1", image_url=public_url)

    tasks, calls = _door(higgsfield, "GET", "tasks").json(), _door(higgsfield, "GET", "create_calls").json()
    _door(higgsfield, "DELETE", "tasks")

    assert tasks == [
        {
            "id": id,
            "external_id": "video-1",
            "model": "higgsfield-ai/dop/standard",
            "status": "queued",
            "body": {"prompt": "She smiles", "image_url": public_url},
            "created_at": 1_800_000_000.0,
        }
    ]
    assert calls == {"video-1": 1}
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {})
    assert (client.status(id).status_code, requests.get(public_url, timeout=10).status_code) == (404, 404)
    assert client.create("video-1", prompt="Another one").status_code == 200


def test_the_door_says_what_it_does_not_understand(higgsfield: HiggsfieldSimulator) -> None:
    answers = [
        _door(higgsfield, "PUT", "settings", {"lookup_lag_seconds": 9}),
        _door(higgsfield, "POST", "faults", {"on": "create", "kind": "explode"}),
        _door(higgsfield, "GET", "secrets"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 404]


# The end


def test_it_stops_at_once_and_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    with simulator() as higgsfield, requests.Session() as idle:
        idle.get(f"{higgsfield.base_url}/_simulator/settings", timeout=10)
        HiggsfieldCaller(higgsfield).accepted()

    assert set(threading.enumerate()) - before == set()
