"""The places of waiting videos in their queues: how many come first, what they wait for, and when they may start."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.workflow import usual_times

MAX_POSITION = 200  # a video further back has this position, too


@dataclass(frozen=True, kw_only=True)
class Place:
    """The place of one video.

    `position` is 1 for the next video. `waits_for` is "slot" while the provider runs as many videos as it may, and
    "provider" while the provider is busy or does not respond. `expected_start_at` is an estimate in whole minutes.
    """

    position: int
    waits_for: Literal["slot", "provider"]
    expected_start_at: datetime


def of(videos: Iterable[Video]) -> Mapping[str, Place]:
    """Return the places of those videos that wait, by id. It takes two reads for each queue, and none without one.

    Empty if the tables do not respond: a place is not worth an error.
    """
    by_queue = defaultdict(list)
    for video in videos:
        if video.waiting_queue:
            by_queue[video.waiting_queue].append(video)
    try:
        return {id: place for queue, waits in by_queue.items() for id, place in _in_queue(queue, waits).items()}
    except STORE_ERRORS as error:
        logger.warning("places not read", extra={"reason": type(error).__name__})
        return {}


def _in_queue(queue: str, videos: Sequence[Video]) -> dict[str, Place]:
    # Imported here, because most cold starts show no waiting video.
    from keepreel.db import slots
    from keepreel.dispatch import room, waiting

    now, state = datetime.now(UTC), slots.state(queue)
    order = [candidate.video_id for candidate in waiting.oldest(queue, limit=MAX_POSITION)]
    capacity = room.capacity(queue, state, now=now)
    is_paused = state.pause_seconds is not None
    starts_at = max(now, state.paused_until or now)
    places = {}
    for video in videos:
        position = order.index(video.video_id) + 1 if video.video_id in order else len(order) + 1
        wait = timedelta(seconds=position * usual_times.usual_seconds(video.model) / max(1, capacity))
        places[video.video_id] = Place(
            position=min(position, MAX_POSITION),
            waits_for="provider" if is_paused else "slot",
            expected_start_at=_next_minute(starts_at + wait),
        )
    return places


def _next_minute(at: datetime) -> datetime:
    """Round up, so that a client's copy stays current for a while."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
