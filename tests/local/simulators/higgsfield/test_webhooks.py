"""Webhooks of the Higgsfield simulator: when and how they are sent, and how they go wrong on demand."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from local.simulators.core.server import Request, Response, Server, json_response
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.data.vendor_samples import sample
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import DOP, HiggsfieldClient, error


class Receiver:
    """A server that records every webhook and responds with the next of `statuses`, or with 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.statuses: list[int] = []
        self.server = Server(self._respond, port=0)

    def _respond(self, request: Request) -> Response:
        self.requests.append(request)
        return json_response({}, status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    @property
    def model_path(self) -> str:
        """The path of a model with this server as the webhook."""
        return f"{DOP}?hf_webhook={quote(self.server.base_url + '/hook?token=a', safe='')}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.server.start()
    yield receiver
    receiver.server.stop()


def _end(higgsfield: HiggsfieldSimulator, clock: Clock, *, seconds: float = 10) -> None:
    clock.now += seconds
    higgsfield.deliver_callbacks()


def test_completed_request_calls_the_webhook_with_its_status(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    id = client.accepted(path=receiver.model_path)
    _end(higgsfield, clock, seconds=9)
    early = list(receiver.requests)

    _end(higgsfield, clock, seconds=1)

    [request] = receiver.requests
    assert (early, request.method, request.path, request.query) == ([], "POST", "/hook", {"token": "a"})
    assert receiver.bodies == [client.status(id).json()]
    assert receiver.bodies[0].keys() == sample(114).body.keys()
    assert not {name for name in request.headers if "signature" in name or name == "authorization"}


@pytest.mark.parametrize(
    ("fault", "number"), [({"kind": "task_fails", "message": "Generation fail message"}, 115), ({"kind": "nsfw"}, 116)]
)
def test_failed_request_calls_the_webhook_without_urls(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    receiver: Receiver,
    fault: dict[str, Any],
    number: int,
) -> None:
    higgsfield.fault(on="create", **fault)
    id = client.accepted(path=receiver.model_path)

    _end(higgsfield, clock)

    assert receiver.bodies == [{**sample(number).body, "request_id": id}]


@pytest.mark.parametrize("fault", [{"kind": "canceled"}, {"kind": "never_finishes"}])
def test_other_ends_do_not_call_the_webhook(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    receiver: Receiver,
    fault: dict[str, Any],
) -> None:
    higgsfield.fault(on="create", **fault)
    client.accepted(path=receiver.model_path)
    client.cancel(client.accepted(path=receiver.model_path))

    _end(higgsfield, clock)

    assert receiver.requests == []


def test_repeated_create_calls_the_webhook_once(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    for _ in range(2):
        client.accepted("video-1", path=receiver.model_path)

    _end(higgsfield, clock)

    assert len(receiver.requests) == 1


def test_webhook_is_retried_for_two_hours(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 100
    client.accepted(path=receiver.model_path)
    _end(higgsfield, clock)
    ended_at, sent_at = clock.now, [0.0]

    while clock.now < ended_at + 4 * 3600:
        _end(higgsfield, clock, seconds=10)
        sent_at += [clock.now - ended_at] * (len(receiver.requests) - len(sent_at))

    assert sent_at == [0, 10, 40, 100, 400, 1000, 2200, 4600, 7200]
    assert len({request.body for request in receiver.requests}) == 1


def test_webhook_is_not_retried_after_a_2xx(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    receiver.statuses = [302, 204]
    client.accepted(path=receiver.model_path)

    for seconds in (10, 10, 3600):
        _end(higgsfield, clock, seconds=seconds)

    assert [callback["attempts"] for callback in higgsfield.callbacks] == [[302, 204]]


@pytest.mark.parametrize(("delivery", "count"), [("deliver", 1), ("repeat", 2), ("drop", 0), ("reorder", 1)])
def test_delivery_can_be_repeated_or_dropped(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    receiver: Receiver,
    delivery: str,
    count: int,
) -> None:
    higgsfield.configure(callback_delivery=delivery)
    client.accepted(path=receiver.model_path)

    _end(higgsfield, clock)

    assert len(receiver.requests) == count


def test_forged_webhook_names_another_file(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    higgsfield.configure(callback_delivery="forge")
    id = client.accepted(path=receiver.model_path)

    _end(higgsfield, clock)

    [body] = receiver.bodies
    assert (body["request_id"], body["video"]["url"]) == (id, "https://forged.example.com/video.mp4")


@pytest.mark.parametrize("url", ["", "hook", "ftp://example.com/", "javascript:alert(1)", "https://example.com/\n"])
def test_invalid_webhook_is_rejected(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, url: str) -> None:
    response = client.create(path=f"{DOP}?hf_webhook={quote(url, safe='')}")

    [problem] = response.json()["detail"]
    assert (response.status_code, problem["loc"], higgsfield.tasks) == (422, ["query", "hf_webhook"], [])


def test_unreachable_webhook_does_not_affect_the_request(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    id = client.accepted(path=f"{DOP}?hf_webhook=http%3A%2F%2F127.0.0.1%3A9%2F")

    _end(higgsfield, clock)

    assert client.status(id).json()["status"] == "completed"
    listed = requests.get(f"{higgsfield.base_url}/_simulator/callbacks", timeout=60).json()
    assert [callback["attempts"] for callback in listed] == [[None]]


def test_webhook_of_a_rejected_request_is_not_called(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, receiver: Receiver
) -> None:
    higgsfield.configure(concurrency=0)
    rejected = client.create(path=receiver.model_path)

    _end(higgsfield, clock)

    assert (error(rejected)[0], receiver.requests) == (400, [])
