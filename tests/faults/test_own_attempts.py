"""Attempts of two workers and attempts whose reply was lost: a provider that pays for duplicates is paid once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import LostRace
from keepreel.providers.base import Job, Submission
from keepreel.providers.kling import adapter
from keepreel.workflow import attempts, provider_job, submit
from local.simulators.kling.simulator import KlingSimulator
from tests.aws_faults import LOST_REPLY, NO_RESPONSE, Fault, aws_faults, raises
from tests.faults.tasks import tasks_of
from tests.workflow_driver import create_video_with_slot, facts, now, run, step


@pytest.fixture
def no_deduplication(kling: KlingSimulator) -> KlingSimulator:
    """A provider that accepts a second task with the same id of ours, and charges for it."""
    kling.configure(duplicate_ids="accepted")
    return kling


def test_two_submits_between_read_and_attempt_pay_once_without_deduplication(
    no_deduplication: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, barrier = create_video_with_slot(), Barrier(2, timeout=60)
    with_image = provider_job.with_image

    def wait_until_both_have_read(read: Video) -> Job:
        barrier.wait()
        return with_image(read)

    monkeypatch.setattr(provider_job, "with_image", wait_until_both_have_read)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: step("queued", video), range(2)))

    assert run(video).status == "completed"
    assert len(tasks_of(no_deduplication, video)) == 1


def test_two_second_attempts_pay_once_without_deduplication(
    no_deduplication: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    no_deduplication.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    first, second = now(video), now(video)

    send = adapter.submit

    def send_after_another_worker(sent: Submission) -> str:
        monkeypatch.setattr(adapter, "submit", send)
        with pytest.raises(LostRace):
            submit._attempt(second, number=2)
        return send(sent)

    monkeypatch.setattr(adapter, "submit", send_after_another_worker)

    assert submit._attempt(first, number=2).status == "processing"

    assert len(tasks_of(no_deduplication, video)) == 1


@pytest.mark.parametrize("sdk_retries", [True, False], ids=["the SDK sends it again", "no retry"])
def test_attempt_whose_reply_was_lost_is_submitted_at_once(
    *, sdk_retries: bool, no_deduplication: KlingSimulator
) -> None:
    video = create_video_with_slot()
    lost: list[bytes] = []

    def lose_first_reply(request: Any) -> Fault | None:
        if b"attempt_token" not in _body(request) or (sdk_retries and lost):
            return None
        lost.append(request.body)
        return LOST_REPLY

    with aws_faults(at_request=lose_first_reply):
        assert step("queued", video) == "processing"

    assert lost
    assert len(tasks_of(no_deduplication, video)) == 1


def test_attempt_of_another_worker_is_not_taken_for_ours(no_deduplication: KlingSimulator) -> None:
    video = create_video_with_slot()
    stale = now(video)
    others: list[str] = []

    def let_another_worker_begin(request: Any) -> Fault | None:
        if b"attempt_token" not in _body(request) or others:
            return None
        others.append("another worker")
        video.update(actions=[Video.attempt_token.set("another worker's"), Video.attempts.set(1)])
        return raises(NO_RESPONSE["read timeout"])

    with aws_faults(at_request=let_another_worker_begin), pytest.raises(LostRace):
        submit.submit(stale)

    assert tasks_of(no_deduplication, video) == []


def test_attempt_that_stalled_before_the_call_is_undone(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video_with_slot()
    begin = attempts.begin

    def begin_slowly(slow: Video, sent: Submission, *, number: int) -> None:
        begin(slow, sent, number=number)
        slow.update(actions=[Video.attempted_at.set(datetime.now(UTC) - timedelta(seconds=11))])

    with monkeypatch.context() as patched:
        patched.setattr(attempts, "begin", begin_slowly)
        assert step("queued", video) == "waiting"
    assert video.video_id not in kling.create_calls

    assert run(video).status == "completed"
    assert kling.create_calls[video.video_id] == 1


@pytest.mark.parametrize("number", [1, 2])
def test_undo_removes_only_its_own_attempt(number: int) -> None:
    video = create_video_with_slot()
    video.update(actions=[Video.attempt_token.set("ours"), Video.attempts.set(number), Video.lookups_missed.set(0)])
    ours = now(video)
    video.update(actions=[Video.attempt_token.set("another worker's")])

    with pytest.raises(LostRace):
        attempts.undo(ours)

    assert facts(now(video), "attempt_token", "attempts") == ("another worker's", number)


def test_task_is_bound_once() -> None:
    video = create_video_with_slot()
    step("queued", video)
    video.update(actions=[Video.status.set("delayed")])
    bound = now(video).provider_task_id

    assert attempts.bind_task(now(video), "another task")

    assert now(video).provider_task_id == bound


@pytest.mark.parametrize("write", ["count_missed_lookup", "undo"])
def test_count_whose_reply_was_lost_is_not_changed_twice(write: str) -> None:
    video = create_video_with_slot()
    video.update(actions=[Video.attempt_token.set("ours"), Video.attempts.set(3), Video.lookups_missed.set(0)])
    lost: list[Any] = []

    def lose_first_reply(request: Any) -> Fault | None:
        if lost or b"UpdateItem" not in request.headers.get("X-Amz-Target", b""):
            return None
        lost.append(request)
        return LOST_REPLY

    with aws_faults(at_request=lose_first_reply), pytest.raises(LostRace):
        getattr(attempts, write)(now(video))

    expected = (3, 1) if write == "count_missed_lookup" else (2, 0)
    assert facts(now(video), "attempts", "lookups_missed") == expected


def _body(request: Any) -> bytes:
    return request.body if isinstance(request.body, bytes) else b""
