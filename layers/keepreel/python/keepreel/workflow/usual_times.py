"""Usual generation times, learned from the last videos of each model. Until five are known, the catalog's apply.

One small item per model holds the last times, and whether a callback or a poll found the end. Nothing here is in the
money path: a failed read or write is logged, and the catalog's time applies.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from pynamodb.exceptions import DoesNotExist

from keepreel.aws import STORE_ERRORS
from keepreel.db.request_items import GenerationTimes
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.models import catalog
from keepreel.settings import settings

MAX_USUAL_SECONDS = 600  # bounds the length of the polling loop
_CACHE_SECONDS = 60
_LAST_TIMES = 20
_MIN_TIMES = 5
_STORED_EVERY = timedelta(minutes=10)  # once all of the last times are known, because each write costs a unit
_MAX_MISSED_CALLBACKS = 2  # of the last times

Entry = tuple[float, bool]  # seconds, and whether a callback found the end


@dataclass(frozen=True, kw_only=True)
class UsualTimes:
    """Generation times of one model, in seconds.

    `slowest_seconds` is the largest of the last times, or twice the usual time while these are too few.
    `do_callbacks_arrive` is True only if callbacks found the ends of nearly all of the last videos.
    """

    usual_seconds: float
    slowest_seconds: float
    do_callbacks_arrive: bool


_cache: dict[str, tuple[float, list[Entry]]] = {}


def usual_seconds(model_id: str) -> float:
    """Return the model's usual generation time, at most a minute old. Never raises."""
    return of_model(model_id).usual_seconds


def of_model(model_id: str) -> UsualTimes:
    """Return the model's generation times, at most a minute old. Never raises."""
    entries = _entries(model_id)
    if len(entries) < _MIN_TIMES:
        usual = min(float(catalog.usual_seconds(model_id)), MAX_USUAL_SECONDS)
        return UsualTimes(usual_seconds=usual, slowest_seconds=2 * usual, do_callbacks_arrive=False)
    seconds = [it for it, _ in entries]
    missed = sum(not is_by_callback for _, is_by_callback in entries)
    return UsualTimes(
        usual_seconds=min(median(seconds), MAX_USUAL_SECONDS),
        slowest_seconds=min(max(seconds), 2 * MAX_USUAL_SECONDS),
        do_callbacks_arrive=missed <= min(_MAX_MISSED_CALLBACKS, len(entries) // _MIN_TIMES),
    )


def record(video: Video, *, is_by_callback: bool) -> None:
    """Store the generation time of a video that its provider has just finished, unless others are recent. Never raises.

    Two workers that write at once lose one of the times, which does no harm.
    """
    scale = settings().wait_scale
    if not scale:
        return
    seconds = round(generation_seconds(video) / scale, 1)
    try:
        item = _read(video.model)
        if not _is_news(item, is_by_callback=is_by_callback):
            return
        item.stored_at = datetime.now(UTC)
        item.times = [*item.times, [seconds, is_by_callback]][-_LAST_TIMES:]
        item.save()  # conditional on the version that was read
    except STORE_ERRORS as error:
        logger.info("usual time not stored", extra={"video_id": video.video_id, "reason": type(error).__name__})


def _is_news(item: GenerationTimes, *, is_by_callback: bool) -> bool:
    """Return whether another time says more than the last ones. The first callback that is missed does."""
    if len(item.times) < _LAST_TIMES or item.stored_at is None or bool(item.times[-1][1]) != is_by_callback:
        return True
    return datetime.now(UTC) - item.stored_at >= _STORED_EVERY * settings().wait_scale


def generation_seconds(video: Video) -> float:
    """Return how long the provider has been generating the video: since the last attempt, or since the submit."""
    started = video.attempted_at or video.submitted_at or video.created_at
    return max(0.0, (datetime.now(UTC) - started).total_seconds())


def forget() -> None:
    """Clear this process's cache."""
    _cache.clear()


def _entries(model_id: str) -> list[Entry]:
    read_at, entries = _cache.get(model_id, (0.0, []))
    if model_id not in _cache or time.monotonic() - read_at > _CACHE_SECONDS:
        try:
            entries = [(float(seconds), bool(is_by_callback)) for seconds, is_by_callback in _read(model_id).times]
        except (*STORE_ERRORS, TypeError, ValueError) as error:  # an unreadable item is like a missing one
            logger.warning("usual times not read", extra={"model": model_id, "reason": type(error).__name__})
            entries = []
        _cache[model_id] = (time.monotonic(), entries)
    return entries


def _read(model_id: str) -> GenerationTimes:
    try:
        return GenerationTimes.get(f"times#{model_id}")
    except DoesNotExist:
        return GenerationTimes(key=f"times#{model_id}", times=[])
