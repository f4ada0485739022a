"""Each condition of a write counts by itself: the write is refused if the record has changed in only this one way."""

from collections.abc import Callable
from typing import Any

import pytest
from pynamodb.expressions.update import Action

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.dispatch import take
from keepreel.errors import ErrorCode, Failure, LostRace
from keepreel.workflow import attempts
from tests.queue_driver import Queue
from tests.workflow_driver import create_video, now

pytestmark = pytest.mark.usefixtures("without_workflow")

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
