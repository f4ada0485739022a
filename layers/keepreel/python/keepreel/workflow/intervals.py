"""Intervals: how often the workflow and clients poll, and how long the workflow waits before it retries."""

import math
import random
from datetime import UTC, datetime

from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.workflow import deadlines

POLL_INTERVAL_SECONDS = 5
_CLIENT_POLL_SECONDS_MIN, _CLIENT_POLL_SECONDS_MAX = 3, 10
_CLIENT_POLL_SECONDS_DELAYED = 60
_EARLY_LOOKUPS = (5, 15, 35)  # seconds after the attempt
_SECOND_MISS_SECONDS = 10  # after the settling time
_LATER_LOOKUPS = 37  # seconds between lookups after that


def before_first_poll(video: Video) -> int:
    """Return the model's shortest generation time. An earlier poll would only cost a call."""
    return _scaled(catalog.fastest_seconds(video.model))


def between_polls() -> int:
    return _scaled(POLL_INTERVAL_SECONDS)


def before_resubmit() -> int:
    """Return the wait for a busy provider.

    It is random, so that not all videos retry together. There is no backoff, because a video that has waited longest
    must not be retried the least often.
    """
    return _scaled(random.uniform(3, 9))  # noqa: S311  # no secret


def before_lookup(video: Video) -> int:
    """Return the wait before the next lookup of an attempt: early ones, because a task that is found is always ours.

    A task that is not found counts only once the attempt has settled, and then a second time.
    """
    scale: float = settings().wait_scale
    settle = deadlines.settle_seconds(video)
    early: tuple[int, ...] = () if registry.info(video.provider).find_by_resend else _EARLY_LOOKUPS
    elapsed = deadlines.seconds_since_attempt(video)
    for at in (*early, settle, settle + _SECOND_MISS_SECONDS):
        if at * scale > elapsed:
            return max(1, math.ceil(at * scale - elapsed))
    return _scaled(_LATER_LOOKUPS)


def poll_after_seconds(video: Video) -> int | None:
    """Return when a client should poll again, or None once the video is finished."""
    status = Status(video.status)
    if status == Status.DELAYED:
        return max(1, _scaled(_CLIENT_POLL_SECONDS_DELAYED))
    if status in (Status.QUEUED, Status.PROCESSING, Status.SAVING):
        left = catalog.fastest_seconds(video.model) - (datetime.now(UTC) - video.created_at).total_seconds()
        return max(1, _scaled(min(_CLIENT_POLL_SECONDS_MAX, max(_CLIENT_POLL_SECONDS_MIN, left / 3))))
    return None


def _scaled(seconds: float) -> int:
    """Return whole seconds for a Wait state. Rounds up, so that only a scale of 0 gives a wait of 0."""
    return math.ceil(seconds * settings().wait_scale)
