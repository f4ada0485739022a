"""A dispatcher that is killed, or that misses an answer of AWS, loses no video and no slot, and starts none twice."""

import time
from contextlib import suppress
from functools import partial

import pytest

from keepreel.aws import STORE_ERRORS
from keepreel.dispatch import dispatcher, execution, waiting
from keepreel.errors import StoreUnavailable
from keepreel.videos import cancel
from tests.aws_faults import LOST_REPLY, Fault, answers, aws_faults
from tests.faults.test_lateness import killed_after
from tests.queue_driver import NAME, Queue
from tests.virtual_workflow import Killed
from tests.workflow_driver import create_video, now

FAULTS: dict[str, Fault] = {
    "killed after": killed_after,
    "reply lost": LOST_REPLY,
    "throttled": answers("ThrottlingException", 400),
}


def _only(number: int, fault: Fault, call: int) -> Fault | None:
    return fault if call == number else None


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_of_any_call_is_repaired_by_the_run_of_the_next_minute(fault: str, queue: Queue) -> None:
    queue.set_capacity(2)
    at = 0
    while True:
        videos = [create_video()]
        with aws_faults(partial(_only, at, FAULTS[fault])) as plan, suppress(Killed, *STORE_ERRORS):
            dispatcher.dispatch(NAME, deadline=time.monotonic() + 60)
        if not plan.faults:
            break
        queue.check(*videos, capacity=2)

        queue.dispatch()

        queue.check(*videos, capacity=2)
        for video in map(now, videos):
            assert video.slot_token
            # One that was taken and not started is started by the sweeper, half a minute after the take.
            seconds = (video.next_check_at - video.slot_taken_at).total_seconds()
            assert video.video_id in queue.started or seconds <= 30
            assert queue.started.count(video.video_id) <= 1
            cancel.cancel(video)
        at += 1
    assert at >= 8


@pytest.mark.parametrize("moment", ["before", "after"])
def test_dispatcher_that_is_killed_at_a_start_leaves_the_video_to_the_sweeper(
    moment: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
    start = execution.start_next

    def die(it: object) -> None:
        if moment == "after":
            start(it)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(execution, "start_next", die)

    with pytest.raises(Killed):
        queue.dispatch()

    monkeypatch.setattr(execution, "start_next", start)
    assert queue.dispatch() == 0
    assert (now(video).next_check_at - now(video).slot_taken_at).total_seconds() <= 30


def test_outage_ends_the_run_instead_of_passing_the_oldest_video(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    create_video()

    def fail(*_: object) -> None:
        raise StoreUnavailable("no")

    monkeypatch.setattr(waiting, "read", fail)

    with pytest.raises(StoreUnavailable):
        queue.dispatch()
