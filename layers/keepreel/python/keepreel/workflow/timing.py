"""How long to wait, and when waiting has become late. All in seconds of the record's own times."""

import math
import random
from datetime import UTC, datetime, timedelta

from keepreel import catalog
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.settings import settings

POLL_SECONDS = 5
OVERDUE = timedelta(minutes=5)
# Longer than any provider's queue that we know of: a job that is still running then will not end.
GIVE_UP = timedelta(days=6)
# Without a word from the provider it may well be finished; Kling keeps a finished file for thirty days.
LOSE_HOPE = timedelta(days=25)
_LASTING_SECONDS = 3600
# By the count of attempts. The first is longer than the function that submits may run, so that its request is over.
SETTLE_SECONDS = (75, 300, 1800, 7200, 21600)


def scaled(seconds: float) -> int:
    """Whole seconds for a Wait state; never rounded down to a busy loop, unless the scale itself is 0."""
    return math.ceil(seconds * settings().wait_scale)


def before_first_poll(video: Video) -> int:
    """What this model needs at its fastest: asking earlier would only cost calls."""
    return scaled(catalog.fastest_seconds(video.model))


def between_polls() -> int:
    return scaled(POLL_SECONDS)


def before_submitting_again() -> int:
    """For a busy provider: spread, so that not all come back at once, and no longer for who has waited longer."""
    return scaled(random.uniform(3, 9))  # noqa: S311  # spread, not secrecy


def is_overdue(video: Video) -> bool:
    """Past five minutes."""
    return _waited(video) > OVERDUE


def is_given_up(video: Video) -> bool:
    """For six days the provider has been at it, or has not taken it."""
    return _waited(video) > GIVE_UP


def is_hopeless(video: Video) -> bool:
    """For so long that even a finished file is gone."""
    return _waited(video) > LOSE_HOPE


def before_looking_again() -> int:
    return scaled(SETTLE_SECONDS[0] / 2)


def has_settled(video: Video) -> bool:
    """Whether the last submit of unknown outcome is long enough ago for "not found" to be believed.

    Each further attempt has to settle longer: an outage that swallows submits should not use them up.
    """
    if video.attempted_at is None:
        return False
    seconds = SETTLE_SECONDS[min(int(video.attempts), len(SETTLE_SECONDS)) - 1]
    return datetime.now(UTC) - video.attempted_at >= timedelta(seconds=seconds * settings().wait_scale)


def is_refused_for_long(video: Video) -> bool:
    """Whether it is an hour since a second sending was refused first: what is refused still is not merely passing."""
    if video.first_refused_at is None:
        return False
    return datetime.now(UTC) - video.first_refused_at >= timedelta(seconds=_LASTING_SECONDS * settings().wait_scale)


def _waited(video: Video) -> timedelta:
    """Since the provider took it, or since it was asked for while no provider has."""
    return datetime.now(UTC) - (video.submitted_at or video.created_at)


def poll_after_seconds(video: Video) -> int | None:
    """When a client should ask again; None once there is nothing more to wait for."""
    status = Status(video.status)
    if status == Status.DELAYED:
        return max(1, scaled(60))
    if status in (Status.QUEUED, Status.PROCESSING, Status.SAVING):
        left = catalog.fastest_seconds(video.model) - (datetime.now(UTC) - video.created_at).total_seconds()
        return max(1, scaled(min(10, max(3, left / 3))))
    return None
