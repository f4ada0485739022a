"""The dispatcher: fill the free slots of a queue with waiting videos, and start their workflows."""

import time
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice

from keepreel import aws, dispatch_trigger, metrics, pause
from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.dispatch import execution, room, waiting
from keepreel.dispatch.room import Room
from keepreel.dispatch.take import take
from keepreel.dispatch.waiting import Candidate
from keepreel.errors import LostRace, NotFound
from keepreel.logs import logger
from keepreel.models import queues
from keepreel.settings import settings

_SENT_OFTEN, _MAX_PROBES_READ = 2, 20  # a probe that was refused is sent twice at most while others wait
_SHORT_WAIT_SECONDS = 15  # that a dispatcher waits for; after a longer one, the run of the next minute follows


def dispatch(queue: str, *, new: Collection[Candidate] = (), deadline: float) -> int:
    """Fill the queue's free slots until `deadline` (monotonic seconds), and return the number of videos started.

    Any number of dispatchers may run at once: a slot and a video are taken in one transaction. One that a slot's
    release has called also waits for the end of a short pause; one that was called for new videos does not, because
    there may be hundreds of them.
    """
    started = 0
    while time.monotonic() < deadline and not pause.is_paused():
        count, wait_seconds = _fill(queue, new, deadline=deadline)
        started += count
        longest_wait = min(
            _SHORT_WAIT_SECONDS, deadline - time.monotonic()
        )  # the function would end during a longer one
        if not count and (new or not 0 < wait_seconds <= longest_wait):
            break
        if not count:
            time.sleep(wait_seconds)
    return started


def dispatch_all(*, deadline: float) -> int:
    """Fill the free slots of every queue. An error or a pause in one does not hold up the others.

    Counts the heartbeat `DispatchRan` if every queue was looked at.
    """
    started, failed = 0, 0
    for queue in queues.every():
        try:
            started += _fill_now(queue, deadline=deadline)
        except Exception:  # noqa: BLE001
            failed += 1
            logger.exception("dispatch failed", extra={"queue": queue})
    if not failed and time.monotonic() < deadline:
        metrics.count("DispatchRan")
    return started


def report_unknown_queues() -> None:
    """Log the names in the setting of the capacity that count for no queue."""
    if unknown := queues.unknown_names(settings().provider_capacity):
        logger.error("capacity of unknown queues", extra={"queues": unknown})


def _fill_now(queue: str, *, deadline: float) -> int:
    """Fill the queue's free slots, and leave the wait for a pause that ends soon to a dispatcher of its own."""
    started = 0
    while time.monotonic() < deadline and not pause.is_paused():
        count, wait_seconds = _fill(queue, (), deadline=deadline)
        started += count
        if not count:
            if 0 < wait_seconds <= _SHORT_WAIT_SECONDS:
                dispatch_trigger.request(queue)
            break
    return started


def _fill(queue: str, new: Collection[Candidate], *, deadline: float) -> tuple[int, float]:
    """Take slots for the oldest candidates, as many as there is room for.

    Return the number of videos that got one, and how long to wait for more room.
    """
    candidates = waiting.candidates(queue, new=new)
    if (first := next(candidates, None)) is None:
        return 0, 0
    found = room.find(queue, now=datetime.now(UTC))
    return _give(queue, chain([first], candidates), found, deadline=deadline), found.wait_seconds


def _give(queue: str, candidates: Iterable[Candidate], found: Room, *, deadline: float) -> int:
    """Give the free slots to the candidates. Return the number of videos that got one."""
    free, taken, may_take = list(found.free), 0, not found.is_probe
    waiting_videos = filter(None, (_read(queue, it) for it in (candidates if free else ())))
    for video in _least_tried(waiting_videos) if found.is_probe else waiting_videos:
        may_take = may_take or room.begin_probe(queue)
        if not may_take:
            break
        taken += _start(video, free, is_probe=found.is_probe or found.is_watched)
        if not free or time.monotonic() > deadline:
            break
    return taken


def _least_tried(videos: Iterable[Video]) -> Iterator[Video]:
    """Yield the oldest video that was not sent often yet, then the oldest of the least sent ones.

    An hour's outage takes about 19 probes, which are not to be tries of one and the same video.
    """
    often = list[Video]()
    for video in islice(videos, _MAX_PROBES_READ):
        if video.restarts < _SENT_OFTEN:
            yield video
        else:
            often.append(video)
    yield from sorted(often, key=lambda it: int(it.restarts))


def _read(queue: str, candidate: Candidate) -> Video | None:
    """Return the candidate's record if it waits. One that cannot be read does not hold up those behind it.

    Neither does one whose model its provider has switched off.
    """
    try:
        video = waiting.read(queue, candidate)
    except Exception as error:
        if aws.is_outage(error):
            raise
        extra = {"owner": candidate.owner, "video_id": candidate.video_id}
        logger.exception("dispatch failed for a record", extra=extra)
        return None
    is_blocked = video is not None and video.blocked_until is not None and video.blocked_until > datetime.now(UTC)
    return None if is_blocked else video


def _start(video: Video, free: list[int], *, is_probe: bool) -> bool:
    """Give a video the first slot in `free` that no other dispatcher has taken, and start its workflow.

    A workflow that cannot be started is started by the sweeper, half a minute later.
    """
    while free:
        try:
            is_taken = take(video, n=free[-1], is_probe=is_probe)
        except (LostRace, NotFound):  # it does not wait any more, so the slot is for the next one
            return False
        free.pop()
        if is_taken:
            logger.info("dispatched", extra={"video_id": video.video_id, "owner": video.owner, "slot": int(video.slot)})
            _start_workflow(video)
            return True
    return False


def _start_workflow(video: Video) -> None:
    try:
        execution.start_next(video)
    except STORE_ERRORS as error:
        logger.error("start failed", extra={"video_id": video.video_id, "reason": type(error).__name__})
