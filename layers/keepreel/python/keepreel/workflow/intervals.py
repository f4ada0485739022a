"""Intervals: how often the workflow and clients poll, and how long the workflow waits before it retries."""

import math
import random
from datetime import UTC, datetime

from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.workflow import deadlines, usual_times

# The first poll is at 65 % of the usual time. The gap is then a fifth of the elapsed time, within these bounds: for a
# usual time of 90 s, this finds the end 6 s late on average, with 5 polls; for 240 s, 7 s late, with 11 polls.
# docs/performance.md says what the best times to poll would give.
MIN_POLL_GAP_SECONDS, _MAX_POLL_GAP_SECONDS = 5, 11
_FIRST_POLL, _GAP_OF_ELAPSED, _MAX_GAP_OF_USUAL = 0.65, 0.2, 0.12
# Past the usual time while another video waits for the slot, because each idle second of a slot costs 1 % of capacity.
CROWDED_POLL_GAP_SECONDS = 3
_LOST_CALLBACK_GAP_SECONDS = 30
# Clients read a video once early, for a refusal, then at the model's fastest time, and then regularly.
_CLIENT_EARLY_SECONDS, _CLIENT_POLL_SECONDS = 5, 8
_CLIENT_POLL_SECONDS_SAVING, _CLIENT_POLL_SECONDS_DELAYED = 3, 60
_EARLY_LOOKUPS = (5, 15, 35)  # seconds after the attempt
_SECOND_MISS_SECONDS = 10  # after the settling time
_LATER_LOOKUPS = 37  # seconds between lookups after that


def before_poll(video: Video, *, is_crowded: bool = False) -> int:
    """Return the wait before the next poll of a video whose provider generates it.

    `is_crowded` says that other videos wait for a slot of the same queue.
    """
    scale: float = settings().wait_scale
    if not scale:
        return 0
    elapsed = usual_times.generation_seconds(video) / scale
    times = usual_times.of_model(video.model)
    if settings().callbacks and times.do_callbacks_arrive:
        return _scaled(
            max(MIN_POLL_GAP_SECONDS, times.slowest_seconds - elapsed)
            if elapsed < times.slowest_seconds
            else _LOST_CALLBACK_GAP_SECONDS
        )
    return _scaled(_gap(elapsed, usual=times.usual_seconds, is_crowded=is_crowded))


def _gap(elapsed: float, *, usual: float, is_crowded: bool) -> float:
    if is_crowded and elapsed >= usual:
        return CROWDED_POLL_GAP_SECONDS
    longest = min(_MAX_GAP_OF_USUAL * usual, _MAX_POLL_GAP_SECONDS)
    gap = max(MIN_POLL_GAP_SECONDS, min(_GAP_OF_ELAPSED * elapsed, longest), _FIRST_POLL * usual - elapsed)
    return min(gap, max(CROWDED_POLL_GAP_SECONDS, usual - elapsed)) if is_crowded else gap


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
    if status == Status.SAVING:
        return max(1, _scaled(_CLIENT_POLL_SECONDS_SAVING))
    if status in (Status.QUEUED, Status.PROCESSING):
        elapsed = (datetime.now(UTC) - video.created_at).total_seconds()
        if elapsed < _CLIENT_EARLY_SECONDS - 1:
            return max(1, _scaled(_CLIENT_EARLY_SECONDS))
        left = catalog.fastest_seconds(video.model) - elapsed
        return max(1, _scaled(max(_CLIENT_POLL_SECONDS, left)))
    return None


def _scaled(seconds: float) -> int:
    """Return whole seconds for a Wait state. Rounds up, so that only a scale of 0 gives a wait of 0."""
    return math.ceil(seconds * settings().wait_scale)
