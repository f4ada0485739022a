"""The steps of a submit that concern the video's slot: it has none yet, the provider is busy, the provider accepts."""

from keepreel import dispatch_trigger
from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.dispatch import room, take
from keepreel.errors import Busy
from keepreel.workflow import attempts, refusals
from keepreel.workflow.step import WAITING, Step


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


def undo_busy_attempt(video: Video, busy: Busy) -> None:
    """Nothing was accepted: lower the queue's capacity or pause it, then undo the attempt and let the slot go."""
    if video.slot_queue:
        room.provider_is_busy(video.slot_queue, is_at_capacity=busy.is_at_capacity)
    attempts.undo(video)
    refusals.remember(video, busy)


def bind_task(video: Video, task_id: str) -> bool:
    """Store the task id, like `attempts.bind_task`. A probe that the provider accepts ends the pause of its queue."""
    probed_queue = video.slot_queue if video.is_probe else None
    is_bound = attempts.bind_task(video, task_id)
    if probed_queue:
        room.probe_was_accepted(probed_queue)
        dispatch_trigger.request(probed_queue)
    return is_bound
