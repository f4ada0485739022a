"""POST /callbacks/{provider}/{token}: a hint, at most one read, and no effect of what the body says."""

import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
import requests

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import BadSignature, NotFound, NotReady, StoreUnavailable
from keepreel.settings import settings
from keepreel.workflow import callback_urls, callbacks
from local.simulators.core.callbacks import signature
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.workflow_driver import create_video, now, step

SECRET_NAME, SECRET = "keepreel/kling-webhook", "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
ENDED = b'{"task_status": "succeed"}'


@pytest.fixture(autouse=True)
def _callbacks(limit: Callable[..., None], without_workflow: None, kling: KlingSimulator) -> None:
    """The simulator's own callbacks are dropped; each test sends its own."""
    limit(CALLBACKS="yes")
    kling.configure(callback_delivery="drop")


class Calls:
    """The reads of the record, and the polls that were started."""

    def __init__(self) -> None:
        self.reads = 0
        self.polls: list[dict[str, Any]] = []


@pytest.fixture
def calls(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls, read = Calls(), video_records.get

    def counted(**key: str) -> Video:
        calls.reads += 1
        return read(**key)

    monkeypatch.setattr(video_records, "get", counted)
    monkeypatch.setenv("POLL_FUNCTION", "poll")
    monkeypatch.setattr(aws, "invoke_later", lambda _function, event: calls.polls.append(event))
    return calls


@pytest.fixture
def processing() -> Video:
    video = create_video()
    assert step("queued", video) == "processing"
    return video


def url(video: Video) -> str:
    found = callback_urls.of_video(video)
    assert found is not None
    return found


def token(video: Video) -> str:
    return url(video).rpartition("/")[2]


def receive(video: Video, content: bytes = ENDED, *, headers: dict[str, str] | None = None) -> bool:
    return callbacks.receive("kling", token(video), headers=headers or {}, content=content)


def test_callback_starts_one_poll_with_one_read(processing: Video, calls: Calls) -> None:
    assert receive(processing)

    expected = {"owner": processing.owner, "video_id": processing.video_id, "is_callback": True}
    assert (calls.reads, calls.polls) == (1, [expected])


def test_callback_that_is_replayed_a_hundred_times_starts_one_poll(
    processing: Video, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each poll is a request to the provider, which limits them."""
    answers = [receive(processing) for _ in range(100)]

    assert (answers, calls.reads, len(calls.polls)) == ([True] + [False] * 99, 1, 1)
    assert receive(processing, ENDED + b" ")  # another message
    clock = time.monotonic() + 10
    monkeypatch.setattr("keepreel.workflow.callbacks.time.monotonic", lambda: clock)
    assert receive(processing)
    assert list(callbacks._polled) == [(processing.video_id, sha256(ENDED).digest())]


def test_callback_whose_poll_was_not_started_is_no_repeat(
    processing: Video, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(aws, "invoke_later", refuse)
        with pytest.raises(StoreUnavailable):
            receive(processing)

    assert receive(processing)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"task_status": 7}', b"[" * 5000, b'{"status": "new word"}'],
    ids=lambda it: str(it[:20]),
)
def test_body_that_cannot_be_understood_is_a_hint_too(content: bytes, processing: Video, calls: Calls) -> None:
    assert receive(processing, content)

    assert len(calls.polls) == 1


@pytest.mark.parametrize("word", ["submitted", "processing", "QUEUED", "in_progress"])
@pytest.mark.parametrize("field", ["task_status", "status"])
def test_callback_of_a_running_task_costs_nothing(word: str, field: str, processing: Video, calls: Calls) -> None:
    assert not receive(processing, json.dumps({field: word}).encode())

    assert (calls.reads, calls.polls) == (0, [])


def test_repeated_and_late_callbacks_change_nothing(processing: Video, calls: Calls) -> None:
    assert step("processing", processing) == "saving"
    before, calls.reads = now(processing).attribute_values, 0

    for status in ("saving", "completed", "failed", "canceled"):
        processing.update(actions=[Video.status.set(status)])
        assert not receive(processing)

    assert (calls.reads, calls.polls) == (4, [])
    assert {**now(processing).attribute_values, "status": "saving"} == before


def test_callback_of_a_failed_video_whose_status_is_still_open_starts_no_poll(processing: Video, calls: Calls) -> None:
    processing.update(actions=[Video.error_code.set("provider_error")])

    assert not receive(processing)
    assert calls.polls == []


def test_callback_of_a_video_without_a_submit_is_not_requested_again(calls: Calls) -> None:
    assert not receive(create_video())
    assert calls.polls == []


def test_callback_of_a_deleted_video_changes_nothing(processing: Video, calls: Calls) -> None:
    processing.delete()

    assert not receive(processing)
    assert calls.polls == []


def test_callback_of_a_task_that_is_not_stored_yet_is_requested_again(kling: KlingSimulator, calls: Calls) -> None:
    video = create_video()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    assert step("queued", video) == "queued"

    with pytest.raises(NotReady):
        receive(video)
    assert calls.polls == []


def test_forged_token_is_not_found_and_costs_no_read(processing: Video, calls: Calls, stack: Stack) -> None:
    name, _, signed = token(processing).partition(".")
    other = token(create_video())
    calls.reads = 0
    forged = [
        ("kling", f"{name}.{signed[:-1]}"),
        ("kling", f"{name}.{'A' * len(signed)}"),
        ("kling", f"{name}."),
        ("kling", name),
        ("kling", "."),
        ("kling", f"{name}=.{signed}"),
        ("kling", f"{other.partition('.')[0]}.{signed}"),
        ("kling", "é" * 10 + "." + signed),
        ("kling", "A" * 5000 + "." + signed),
        ("higgsfield", token(processing)),
        ("nobody", token(processing)),
    ]

    for provider, it in forged:
        with pytest.raises(NotFound):
            callbacks.receive(provider, it, headers={}, content=ENDED)
    response = requests.post(f"{stack.url}/callbacks/kling/{name}.AAAA", data=ENDED, timeout=60)
    assert (response.status_code, calls.reads, calls.polls) == (404, 0, [])


def test_body_is_bounded(processing: Video, calls: Calls) -> None:
    response = requests.post(url(processing), data=b" " * 300_000, timeout=60)

    assert (response.status_code, calls.reads) == (413, 0)


class TestSignature:
    @pytest.fixture(autouse=True)
    def _secret(self, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
        limit(CALLBACKS="yes", KLING_WEBHOOK_SECRET_NAME=SECRET_NAME)
        read, stored = aws.secret, {"secrets": ["whsec_b2xkIHNlY3JldA==", SECRET]}
        monkeypatch.setattr(aws, "secret", lambda name, **more: stored if name == SECRET_NAME else read(name, **more))

    def headers(self, content: bytes, *, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(time.time() if at is None else at))
        signed = signature(SECRET, id="1", timestamp=timestamp, content=content)
        return {"webhook-id": "1", "webhook-timestamp": timestamp, "webhook-signature": signed}

    def test_signed_callback_starts_a_poll(self, processing: Video, calls: Calls) -> None:
        assert receive(processing, headers=self.headers(ENDED))
        assert len(calls.polls) == 1

    def test_unsigned_changed_and_old_callbacks_are_refused_without_a_read(
        self, processing: Video, calls: Calls
    ) -> None:
        calls.reads = 0
        for content, headers in (
            (ENDED, {}),
            (ENDED + b" ", self.headers(ENDED)),
            (ENDED, self.headers(ENDED, at=time.time() - 400)),
            (b'{"task_status": "submitted"}', {}),
        ):
            with pytest.raises(BadSignature):
                receive(processing, content, headers=headers)

        assert (calls.reads, calls.polls) == (0, [])


def test_urls_are_sent_only_where_the_provider_can_reach_them(processing: Video, limit: Callable[..., None]) -> None:
    def sent(**changed: str) -> bool:
        limit(**{"CALLBACKS": "yes", "PUBLIC_URL": "http://127.0.0.1:1", **changed})
        return callback_urls.of_video(processing) is not None

    assert sent()
    assert sent(PUBLIC_URL="https://keepreel.example.com", KLING_BASE_URL="https://api.example.com")
    assert not sent(CALLBACKS="no")
    assert not sent(KLING_BASE_URL="https://api.example.com")
    assert not sent(PUBLIC_URL="http://keepreel.example.com")


def test_url_of_a_video_is_always_the_same_because_it_is_part_of_the_request(processing: Video) -> None:
    assert url(processing) == url(processing)
    assert settings().public_url in url(processing)
