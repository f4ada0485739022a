"""The places of waiting videos in their queues: how many come first, what they wait for, and when they may start."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Literal

from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.workflow import usual_times

if TYPE_CHECKING:
    from keepreel.db.slots import QueueState

MAX_POSITION = 200  # a video further back has this position, too
_SLOTS = 100  # of a larger queue, the first slots stand for all of them


@dataclass(frozen=True, kw_only=True)
class Place:
    """The place of one video.

    `position` is 1 for the next video. `waits_for` is "slot" while the provider runs as many videos as it may,
    "provider" while it is busy, and "outage" while it does not answer. `expected_start_at` is an estimate in
    whole minutes.
    """

    position: int
    waits_for: Literal["slot", "provider", "outage"]
    expected_start_at: datetime


def of(videos: Iterable[Video]) -> Mapping[str, Place]:
    """Return the places of those videos that wait, by id. It takes two reads for each queue, and none without one.

    Empty if the tables do not respond or have an unreadable item: a place is not worth an error.
    """
    by_queue = defaultdict(list)
    for video in videos:
        if video.waiting_queue:
            by_queue[video.waiting_queue].append(video)
    try:
        return {id: place for queue, waits in by_queue.items() for id, place in _in_queue(queue, waits).items()}
    except (*STORE_ERRORS, TypeError, ValueError) as error:  # also of an unreadable item
        logger.warning("places not read", extra={"reason": type(error).__name__})
        return {}


def _in_queue(queue: str, videos: Sequence[Video]) -> dict[str, Place]:
    # Imported here, because most cold starts show no waiting video.
    from keepreel.db import slots
    from keepreel.dispatch import room, waiting

    now = datetime.now(UTC)
    state, held = slots.overview(queue, last=_SLOTS - 1)
    order = [candidate.video_id for candidate in waiting.oldest(queue, limit=MAX_POSITION)]
    capacity = max(1, room.capacity(queue, state, now=now))
    taken_at = [slot.taken_at for slot in held if slot.n < capacity]
    waits_for = _waits_for(state)
    places = {}
    for video in videos:
        position = order.index(video.video_id) + 1 if video.video_id in order else len(order) + 1
        usual = timedelta(seconds=usual_times.usual_seconds(video.model))
        start = _start(position, taken_at, capacity, usual=usual, earliest=max(now, state.paused_until or now))
        places[video.video_id] = Place(
            position=min(position, MAX_POSITION),
            waits_for=waits_for,
            expected_start_at=_next_minute(start),
        )
    return places


def _waits_for(state: "QueueState") -> Literal["slot", "provider", "outage"]:
    if state.pause_seconds is None:
        return "slot"
    return "outage" if state.is_unreachable else "provider"


def _start(
    position: int, taken_at: Sequence[datetime], capacity: int, *, usual: timedelta, earliest: datetime
) -> datetime:
    """Return when the video at the position gets a slot, if every video holds its slot for the usual time."""
    count = min(capacity, _SLOTS)
    free_at = [max(earliest, at + usual) for at in taken_at] + [earliest] * (count - len(taken_at))
    heapq.heapify(free_at)
    for _ in range(ceil(position * count / capacity) - 1):
        heapq.heapreplace(free_at, free_at[0] + usual)
    return free_at[0]


def _next_minute(at: datetime) -> datetime:
    """Round up, so that a client's copy stays current for a while."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
