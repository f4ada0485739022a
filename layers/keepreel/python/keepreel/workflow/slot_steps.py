"""The steps of a submit that concern the video's slot: it has none yet, the provider is busy, the provider accepts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pynamodb.expressions.update import Action

from keepreel import dispatch_trigger
from keepreel.aws import STORE_ERRORS
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.dispatch import room, take
from keepreel.errors import Busy, NoConnection
from keepreel.logs import logger
from keepreel.settings import settings
from keepreel.workflow import attempts, deadlines, intervals, refusals
from keepreel.workflow.step import WAITING, Step

_BLOCKED_FOR = timedelta(minutes=5)


def wait_for_slot(video: Video) -> Step:
    """End the workflow of a video without a slot. Only one of an older version is not in a queue yet."""
    if video.waiting_queue is None:
        take.enqueue(video)
        dispatch_trigger.request(video.waiting_queue, [video])
    return Step(status=WAITING)


def wait_for_another_slot(video: Video) -> Step:
    """Let the slot of a video go that has no attempt, and end its workflow."""
    video_records.put_back(video, [], video_records.UNSENT)
    return Step(status=WAITING)


def wait_until_resumed(video: Video) -> Step:
    """End the workflow of a video that must not be sent while the site is paused. It waits in its queue."""
    return wait_for_another_slot(video) if video.slot_token else wait_for_slot(video)


def undo_busy_attempt(video: Video, busy: Busy) -> None:
    """Nothing was accepted: lower the queue's capacity or pause it, then undo the attempt and let the slot go.

    A model that is switched off must not hold up the queue's other models: its video gets no slot for five minutes.
    """
    blocked: list[Action] = []
    if busy.unavailable:
        end_probe(video)
        blocked = [Video.blocked_until.set(datetime.now(UTC) + _BLOCKED_FOR * settings().wait_scale)]
    elif queue := video.slot_queue:
        taken_at, is_probe = video.slot_taken_at, bool(video.is_probe)
        _learn(
            lambda: room.provider_is_busy(
                queue,
                is_at_capacity=busy.is_at_capacity,
                taken_at=taken_at,
                is_probe=is_probe,
                is_unreachable=isinstance(busy, NoConnection),
            )
        )
    attempts.undo(video, blocked)
    refusals.remember(video, busy)


def bind_task(video: Video, task_id: str) -> bool:
    """Store the task id, like `attempts.bind_task`. A probe that the provider accepts ends the pause of its queue."""
    probed_queue = video.slot_queue if video.is_probe else None
    is_bound = attempts.bind_task(video, task_id)
    if probed_queue:
        _learn(lambda: room.probe_was_accepted(probed_queue))
        dispatch_trigger.request(probed_queue)
    return is_bound


def count_no_answer(video: Video) -> None:
    """Note that the provider did not answer this video's submit or upload: a few in a row pause its queue."""
    if queue := video.slot_queue:
        is_probe = bool(video.is_probe)
        _learn(lambda: room.provider_did_not_answer(queue, is_probe=is_probe))


def end_outage(video: Video, step: Step) -> Step:
    """End the pause of an outage if a lookup, whose next step this is, has found the task. Return the step.

    Videos without an answer may hold all slots, so that no probe could find the end of the outage.
    """
    if step.status == Status.PROCESSING and (queue := video.slot_queue):

        def resume() -> None:
            if room.end_outage(queue):
                dispatch_trigger.request(queue)

        _learn(resume)
    return step


def wait_again(video: Video) -> Step:
    """Continue after an attempt was undone: without an earlier one, the video is back in its queue."""
    if video.attempt_token is None:
        return Step(status=WAITING)
    return wait_or_delay(video, intervals.before_resubmit())


def wait_or_delay(video: Video, wait_seconds: int) -> Step:
    """Wait in the workflow for five minutes. After that the sweeper takes over, because a wait there costs nothing.

    A video without an attempt lets its slot go instead, and waits for the next one.
    """
    if not deadlines.is_overdue(video):
        return Step(status=Status.QUEUED, wait_seconds=wait_seconds)
    if video.attempt_token is None and video.slot_token:
        return wait_for_another_slot(video)
    video_records.transition(video, to=Status.DELAYED)
    return Step(status=Status.DELAYED)


def end_probe(video: Video) -> None:
    """Let another probe follow if this video was one: it fails for a reason of its own."""
    if video.is_probe and (queue := video.slot_queue):
        _learn(lambda: room.end_probe(queue))


def _learn(write: Callable[[], None]) -> None:
    """Store what an answer shows about the queue. A failed write is logged only, because the next answer shows it too.

    The provider's answer about this video must be stored in any case.
    """
    try:
        write()
    except STORE_ERRORS as error:
        logger.warning("queue state not stored", extra={"reason": type(error).__name__})
