"""Callbacks are signed, retried and misdelivered as configured."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.core.callbacks import Callback, CallbackSender, is_callable, signature
from local.simulators.core.server import Request, Response, Server, json_response
from tests.data.vendor_samples import Sample, samples
from tests.local.simulators.core.clock import Clock

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
OTHER_SECRET = "whsec_YW5vdGhlcnRlc3RzZWNyZXRhbm90aGVydGVzdHNlYzI="


class Receiver:
    """A server that records every request and responds with the next of `statuses`, or with 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.statuses: list[int] = []
        self.server = Server(self._respond, port=0)

    def _respond(self, request: Request) -> Response:
        self.requests.append(request)
        return json_response({}, status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def words(self) -> list[str]:
        return [json.loads(it.body)["status"] for it in self.requests]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.server.start()
    yield receiver
    receiver.server.stop()


class DirectSender(CallbackSender):
    """Delivers only when the test calls `deliver_due`."""

    def _run(self) -> None:
        return


def sender(clock: Clock, *, delivery: str = "deliver") -> CallbackSender:
    return DirectSender(clock=clock, delivery=lambda: delivery)


def callback(receiver: Receiver, *, at: float = 0, status: str = "succeeded", **changes: Any) -> Callback:
    url = f"{receiver.server.base_url}/hook"
    body = {"id": "1", "status": status, "outputs": [{"url": "https://example.com/a.mp4"}]}
    return Callback(url=url, task_id="1", due=lambda: at, body=lambda _: body, **changes)


def three(receiver: Receiver) -> list[Callback]:
    words = ["submitted", "processing", "succeeded"]
    return [callback(receiver, at=at, status=word, is_last=at == 2) for at, word in enumerate(words)]


SIGNED = [it for it in samples() if "webhook-signature" in it.about["headers"]]


@pytest.mark.parametrize("sample", SIGNED, ids=lambda it: it.name)
def test_signature_agrees_with_the_vendors_samples(sample: Sample) -> None:
    headers = sample.about["headers"]
    secrets = [sample.about["secret"], sample.about.get("second_secret")]

    computed = {
        signature(it, id=headers["webhook-id"], timestamp=headers["webhook-timestamp"], content=sample.content)
        for it in secrets
        if it
    }

    assert (computed == set(headers["webhook-signature"].split())) is sample.about["verifies"]


def test_callback_is_sent_when_it_is_due(receiver: Receiver, clock: Clock) -> None:
    callbacks = sender(clock)
    callbacks.schedule(callback(receiver, at=clock.now + 10), callback(receiver, at=math.inf, status="never"))
    callbacks.deliver_due()
    early = list(receiver.words)

    clock.now += 10
    callbacks.deliver_due()

    assert (early, receiver.words) == ([], ["succeeded"])
    assert receiver.requests[0].headers["content-type"] == "application/json; charset=utf-8"
    assert not {it for it in receiver.requests[0].headers if it.startswith("webhook-")}


def test_callback_has_a_signature_for_each_secret(receiver: Receiver, clock: Clock) -> None:
    callbacks = sender(clock)
    callbacks.schedule(callback(receiver, secrets=(SECRET, OTHER_SECRET)))

    callbacks.deliver_due()

    request = receiver.requests[0]
    id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    expected = [signature(it, id=id, timestamp=timestamp, content=request.body) for it in (SECRET, OTHER_SECRET)]
    assert request.headers["webhook-signature"].split(" ") == expected
    assert timestamp == str(int(clock.now))


def test_failed_callback_is_retried_with_the_same_bytes_until_a_2xx(receiver: Receiver, clock: Clock) -> None:
    receiver.statuses = [500, 302, 204]
    callbacks = sender(clock)
    callbacks.schedule(callback(receiver, secrets=(SECRET,), retry_after_seconds=(10, 60, 60)))

    for wait in (0, 9, 1, 59, 1, 1000):
        clock.now += wait
        callbacks.deliver_due()

    assert [it["attempts"] for it in callbacks.sent] == [[500, 302, 204]]
    assert len({(it.body, it.headers["webhook-id"], it.headers["webhook-signature"]) for it in receiver.requests}) == 1


def test_callback_without_a_retry_rule_is_sent_once(receiver: Receiver, clock: Clock) -> None:
    receiver.statuses = [503]
    callbacks = sender(clock)
    callbacks.schedule(callback(receiver))

    callbacks.deliver_due()
    callbacks.deliver_due()

    assert [it["attempts"] for it in callbacks.sent] == [[503]]


def test_receiver_that_does_not_respond_is_recorded(clock: Clock) -> None:
    callbacks = sender(clock)
    callbacks.schedule(Callback(url="http://127.0.0.1:9/", task_id="1", due=lambda: 0, body=lambda _: {}))

    callbacks.deliver_due()

    assert [it["attempts"] for it in callbacks.sent] == [[None]]


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ("deliver", ["submitted", "processing", "succeeded"]),
        ("repeat", ["submitted", "submitted", "processing", "processing", "succeeded", "succeeded"]),
        ("reorder", ["succeeded", "processing", "submitted"]),
        ("drop", []),
    ],
)
def test_delivery_can_be_repeated_reordered_or_dropped(
    receiver: Receiver, clock: Clock, delivery: str, words: list[str]
) -> None:
    callbacks = sender(clock, delivery=delivery)
    callbacks.schedule(*three(receiver))

    callbacks.deliver_due()

    assert receiver.words == words


def test_forged_callback_does_not_match_its_signature(receiver: Receiver, clock: Clock) -> None:
    callbacks = sender(clock, delivery="forge")
    callbacks.schedule(callback(receiver, secrets=(SECRET,)))

    callbacks.deliver_due()

    request = receiver.requests[0]
    id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    expected = signature(SECRET, id=id, timestamp=timestamp, content=request.body)
    assert request.headers["webhook-signature"] != expected
    assert json.loads(request.body)["outputs"] == [{"url": "https://forged.example.com/video.mp4"}]


def test_body_of_none_sends_nothing(receiver: Receiver, clock: Clock) -> None:
    callbacks = sender(clock)
    url = receiver.server.base_url
    callbacks.schedule(Callback(url=url, task_id="1", due=lambda: 0, body=lambda _: None))

    callbacks.deliver_due()

    assert (receiver.requests, callbacks.sent) == ([], [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/hook?token=1", True),
        ("http://127.0.0.1:8000/hook", True),
        ("ftp://example.com/", False),
        ("file:///etc/passwd", False),
        ("https://example.com/\n", False),
        ("", False),
        (7, False),
        (None, False),
    ],
)
def test_only_http_addresses_are_called(url: object, *, expected: bool) -> None:
    assert is_callable(url) is expected
