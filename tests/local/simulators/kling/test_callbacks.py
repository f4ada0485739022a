"""Kling's callbacks: one at each change of status, in the shape of the vendor's samples, signed or not."""

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.core.callbacks import signature
from local.simulators.core.server import Request, Response, Server, json_response
from local.simulators.core.settings import BadSettings
from local.simulators.kling.simulator import KlingSimulator
from tests.data.vendor_samples import sample
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, outcome, simulator

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="


class Receiver:
    def __init__(self) -> None:
        self._requests: queue.Queue[Request] = queue.Queue()
        self.server = Server(self._respond, port=0)

    def _respond(self, request: Request) -> Response:
        self._requests.put(request)
        return json_response({})

    def next(self) -> Request:
        return self._requests.get(timeout=60)

    @property
    def url(self) -> str:
        return f"{self.server.base_url}/hook?token=1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.server.start()
    yield receiver
    receiver.server.stop()


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


def create(client: KlingClient, url: object) -> None:
    """Create one video with each API, both with a callback."""
    options = {"external_task_id": "newer", "callback_url": url, "watermark_info": {"enabled": True}}
    client.post("/text-to-video/kling-3.0", {"prompt": "Rain", "options": options})
    client.create("legacy", callback_url=url)


def bodies(kling: KlingSimulator) -> list[dict[str, Any]]:
    kling.deliver_callbacks()
    return [it["body"] for it in kling.callbacks]


def words(all_bodies: list[dict[str, Any]]) -> list[str]:
    return [body.get("status") or body["task_status"] for body in all_bodies]


def test_each_status_change_is_called_back(
    client: KlingClient, kling: KlingSimulator, clock: Clock, receiver: Receiver
) -> None:
    create(client, receiver.url)
    found = [words(bodies(kling))]
    for seconds in (1, 4, 5, 100):
        clock.now += seconds
        found.append(words(bodies(kling)))

    start, end = ["submitted"] * 2, ["succeeded", "succeed"]
    running = [*start, "processing", "processing"]
    assert found == [start, running, running, [*running, *end], [*running, *end]]
    assert [it["attempts"] for it in kling.callbacks] == [[200]] * 6


def test_background_thread_calls_back_without_help(client: KlingClient, receiver: Receiver, clock: Clock) -> None:
    create(client, receiver.url)
    clock.now += 10

    found = [receiver.next() for _ in range(6)]

    assert {(it.method, it.path, it.query["token"]) for it in found} == {("POST", "/hook", "1")}


@pytest.mark.parametrize(("number", "api"), [(77, "newer"), (79, "newer"), (82, "legacy")])
def test_body_is_the_bare_task_of_the_sample(
    client: KlingClient, kling: KlingSimulator, clock: Clock, receiver: Receiver, number: int, api: str
) -> None:
    expected = sample(number).body
    create(client, receiver.url)
    clock.now += 5 if number == 79 else 10

    task = next(it for it in reversed(bodies(kling)) if ("task_id" in it) is (api == "legacy"))

    if number == 82:  # the sample leaves out the watermark
        assert task.pop("watermark_info") == {"enabled": False}
        assert task["task_result"]["videos"][0].pop("watermark_url") == ""
    assert _types(task) == _types(expected)


def test_failed_task_is_called_back_as_in_the_sample(
    client: KlingClient, kling: KlingSimulator, clock: Clock, receiver: Receiver
) -> None:
    kling.fault(on="create", kind="task_fails")
    create(client, receiver.url)
    clock.now += 10

    failed = next(it for it in bodies(kling) if it.get("status") == "failed")

    assert failed["message"] == sample(78).body["message"]
    assert _types(failed) == _types(sample(78).body)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(it) for key, it in value.items()}
    return [_types(it) for it in value] if isinstance(value, list) else type(value).__name__


def test_callbacks_are_signed_with_the_secrets_of_the_account(
    client: KlingClient, kling: KlingSimulator, receiver: Receiver
) -> None:
    kling.configure(callback_secrets=[SECRET])
    create(client, receiver.url)

    request = receiver.next()

    id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert request.headers["webhook-signature"] == signature(SECRET, id=id, timestamp=timestamp, content=request.body)
    assert json.loads(request.body)["status"] == "submitted"


def test_callbacks_can_be_reordered(
    client: KlingClient, kling: KlingSimulator, clock: Clock, receiver: Receiver
) -> None:
    kling.configure(callback_delivery="reorder")
    client.create("video-1", callback_url=receiver.url)
    clock.now += 10

    kling.deliver_callbacks()

    found = [json.loads(receiver.next().body)["task_status"] for _ in range(3)]
    assert found == ["succeed", "processing", "submitted"]


def test_task_that_takes_no_time_is_never_processing(kling: KlingSimulator, receiver: Receiver) -> None:
    kling.configure(finish_seconds=0)
    KlingClient(kling).create("video-1", callback_url=receiver.url)

    assert words(bodies(kling)) == ["submitted", "succeed"]


def test_task_without_a_callback_url_calls_nobody(client: KlingClient, kling: KlingSimulator, clock: Clock) -> None:
    create(client, "")
    clock.now += 10

    assert bodies(kling) == []


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/hostname", 7, "javascript:alert(1)"])
def test_invalid_callback_url_is_refused(client: KlingClient, url: object) -> None:
    legacy = client.create(callback_url=url)
    newer = client.post("/text-to-video/kling-3.0", {"prompt": "Rain", "options": {"callback_url": url}})

    assert [outcome(legacy), outcome(newer)] == [(400, 1201), (400, 1201)]


def test_control_api_lists_callbacks_and_clears_them(
    client: KlingClient, kling: KlingSimulator, receiver: Receiver
) -> None:
    client.create("video-1", callback_url=receiver.url)
    kling.deliver_callbacks()

    listed = client.get("/_simulator/callbacks").json()
    kling.clear_tasks()

    assert [(it["url"], it["body"]["task_status"], it["attempts"]) for it in listed] == [
        (receiver.url, "submitted", [200])
    ]
    assert kling.callbacks == []


@pytest.mark.parametrize("secret", ["secret", "whsec_", "whsec_###", "whsec_é"])
def test_invalid_secret_is_refused(kling: KlingSimulator, secret: str) -> None:
    with pytest.raises(BadSettings, match="callback_secrets"):
        kling.configure(callback_secrets=[secret])


def test_stop_ends_the_callback_thread(clock: Clock, receiver: Receiver) -> None:
    before = set(threading.enumerate())
    kling = simulator(clock=clock, finish_seconds=10)
    kling.start()
    KlingClient(kling).create("video-1", callback_url=receiver.url)
    receiver.next()

    kling.stop()

    left = {it for it in threading.enumerate() if it.name == "callbacks"} - before
    assert left == set()
