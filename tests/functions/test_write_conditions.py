"""Each condition of a write counts by itself: the write is refused if the record has changed in only this one way."""

from collections.abc import Callable
from typing import Any

import pytest
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.dispatch import take
from keepreel.errors import ErrorCode, Failure, LostRace, NotFound
from keepreel.providers.base import Submission
from keepreel.workflow import attempts, slot_steps
from tests.queue_driver import Queue
from tests.workflow_driver import create_video, facts, now

pytestmark = pytest.mark.usefixtures("without_workflow")

SUBMISSION = Submission(video_id="video", path="/v1/videos/text2video", body={"prompt": "A lake."})
FAILURE = Failure(code=ErrorCode.PROVIDER_ERROR, message="It failed.")
CHANGES: dict[str, list[Action]] = {
    "waits in another queue": [Video.waiting_queue.set("kling#another")],
    "waits": [Video.waiting_queue.set("kling#another")],
    "has a slot": [Video.slot_queue.set("kling#another"), Video.slot.set(1), Video.slot_token.set("another")],
    "has an attempt": [Video.attempt_token.set("another")],
    "has a task": [Video.provider_task_id.set("task")],
    "has failed": [Video.error_code.set("provider_error")],
    "is closed": [Video.status.set("canceled")],
}


def waiting() -> Video:
    return now(create_video())


def placeless() -> Video:
    """Return a video of a version without slots."""
    video = create_video()
    video.update(actions=[Video.waiting_queue.remove()])
    return now(video)


def with_slot() -> Video:
    video = create_video()
    assert take.take(video, n=7)
    return now(video)


def attempted() -> Video:
    """Return a video with an attempt, whose slot was let go."""
    video = placeless()
    video.update(actions=[Video.attempt_token.set("own"), Video.attempts.set(1)])
    return now(video)


WRITES: dict[str, tuple[Callable[[], Video], Callable[[Video], Any], tuple[str, ...]]] = {
    "take": (
        waiting,
        lambda video: take.take(video, n=8),
        ("waits in another queue", "has a slot", "has an attempt", "has a task", "has failed", "is closed"),
    ),
    "enqueue": (placeless, take.enqueue, ("waits", "has a slot", "has an attempt", "has a task", "is closed")),
    "put back": (
        with_slot,
        lambda video: video_records.put_back(video, []),
        ("has a task", "is closed"),
    ),
    "release of a slot": (with_slot, video_records.release_slot, ("is closed",)),
    "wait for another slot": (with_slot, slot_steps.wait_for_another_slot, ("has an attempt",)),
    "second attempt": (
        attempted,
        lambda video: attempts.begin(video, SUBMISSION, number=2),
        ("waits", "has a slot", "has an attempt", "has a task", "has failed", "is closed"),
    ),
    "missed lookup": (attempted, attempts.count_missed_lookup, ("has an attempt", "is closed")),
    "refusal": (
        attempted,
        lambda video: attempts.record_refusal(video, FAILURE, number=1),
        ("has an attempt", "is closed"),
    ),
    "failure of a refused video": (
        attempted,
        lambda video: attempts.fail_refused(video, FAILURE),
        ("has an attempt", "has failed", "is closed"),
    ),
    "refused resend": (attempted, attempts.record_refused_resend, ("has an attempt", "has a task", "is closed")),
    "failure": (
        waiting,
        lambda video: video_records.record_failure(video, FAILURE),
        ("has failed", "is closed"),
    ),
    "failure of an unsent video": (
        waiting,
        lambda video: attempts.fail_unsent(video, FAILURE),
        ("has an attempt", "has a task", "has failed", "is closed"),
    ),
}


@pytest.mark.parametrize(
    ("write", "change"), [(name, change) for name, (_, _, changes) in WRITES.items() for change in changes]
)
def test_write_is_refused_if_the_record(write: str, change: str, queue: Queue) -> None:
    create, act, _ = WRITES[write]
    read = create()
    now(read).update(actions=CHANGES[change])
    changed = now(read).serialize()

    with pytest.raises(LostRace):
        act(read)

    assert now(read).serialize() == changed
    assert all(it.n != 8 for it in queue.held())


@pytest.mark.parametrize("write", WRITES)
def test_write_of_an_unchanged_record_succeeds(write: str, queue: Queue) -> None:
    create, act, _ = WRITES[write]
    video = create()
    before = now(video).serialize()

    act(video)

    assert now(video).serialize() != before
    assert queue.name


def test_undo_without_a_slot_is_no_put_back(queue: Queue) -> None:
    video = attempted()

    attempts.undo(video)

    assert facts(now(video), "attempt_token", "waiting_queue", "restarts") == (None, None, 0)


def test_attempt_whose_reply_was_lost_is_not_ours_once_the_video_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    video, update = with_slot(), video_records.update

    def lose_the_reply(it: Video, *args: Any) -> None:
        update(it, *args)
        now(it).update(actions=CHANGES["has failed"])
        video_records.refresh(it)
        raise LostRace("its reply was lost")

    monkeypatch.setattr(video_records, "update", lose_the_reply)

    with pytest.raises(LostRace):
        attempts.begin(video, SUBMISSION, number=1)


def test_late_task_of_a_removed_record_writes_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    video = attempted()

    def remove(it: Video, **_: Any) -> bool:
        now(it).delete()
        raise LostRace("it was removed")

    monkeypatch.setattr(video_records, "transition", remove)

    with pytest.raises(UpdateError):
        attempts.bind_task(video, "task")
    with pytest.raises(NotFound):
        now(video)
