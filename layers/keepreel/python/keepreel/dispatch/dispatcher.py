"""The dispatcher: fill the free slots of a queue with waiting videos, and start their workflows."""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from keepreel import pause
from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.dispatch import execution, room, waiting
from keepreel.dispatch.room import Room
from keepreel.dispatch.take import take
from keepreel.dispatch.waiting import Candidate
from keepreel.logs import logger
from keepreel.models import queues

_SHORT_PAUSE_SECONDS = 15  # that a dispatcher waits for; after a longer one, the run of the next minute follows


def dispatch(queue: str, *, new: Collection[Candidate] = (), deadline: float) -> int:
    """Fill the queue's free slots until `deadline` (monotonic seconds), and return the number of videos started.

    Any number of dispatchers may run at once: a slot and a video are taken in one transaction.
    """
    started = 0
    while time.monotonic() < deadline and not pause.is_paused():
        candidates = waiting.oldest(queue, new=new)
        found = room.find(queue, now=datetime.now(UTC)) if candidates else Room()
        if 0 < found.paused_seconds <= _SHORT_PAUSE_SECONDS:
            time.sleep(found.paused_seconds)
            continue
        count = _fill(queue, candidates, found)
        started += count
        if not count:
            break
    return started


def dispatch_all(*, deadline: float) -> int:
    """Fill the free slots of every queue. An error in one does not hold up the others."""
    started = 0
    for queue in queues.every():
        try:
            started += dispatch(queue, deadline=deadline)
        except Exception:  # noqa: BLE001
            logger.exception("dispatch failed", extra={"queue": queue})
    return started


def _fill(queue: str, candidates: Sequence[Candidate], found: Room) -> int:
    """Take slots for the oldest candidates, as many as there is room for. Return the number of videos started."""
    if not found.free or (found.is_probe and not room.begin_probe(queue)):
        return 0
    free, started = list(found.free), 0
    for candidate in candidates:
        if not free:
            break
        started += _start(queue, candidate, free, is_probe=found.is_probe)
    return started


def _start(queue: str, candidate: Candidate, free: list[int], *, is_probe: bool) -> bool:
    """Give a candidate the first slot in `free` that no other dispatcher has taken, and start its workflow.

    A workflow that cannot be started is started by the sweeper, half a minute later.
    """
    video = waiting.read(queue, candidate)
    while video is not None and video.waiting_queue == queue and free:
        if take(video, n=free.pop(), is_probe=is_probe):
            logger.info("dispatched", extra={"video_id": video.video_id, "owner": video.owner, "slot": int(video.slot)})
            return _start_workflow(video)
    return False


def _start_workflow(video: Video) -> bool:
    try:
        return execution.start_next(video)
    except STORE_ERRORS as error:
        logger.error("start failed", extra={"video_id": video.video_id, "reason": type(error).__name__})
        return False
