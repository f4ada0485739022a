"""How long to wait, and when waiting has become late. All in seconds of the record's own times."""

import math
import random
from datetime import UTC, datetime, timedelta

from keepreel import catalog
from keepreel.models import Video
from keepreel.settings import settings
from keepreel.statuses import Status

POLL_SECONDS = 5
OVERDUE = timedelta(minutes=5)
# Longer than any provider's queue that we know of, and shorter than the time that both keep a finished file.
GIVE_UP = timedelta(days=6)
SETTLE_SECONDS = 45


def scaled(seconds: float) -> int:
    """Whole seconds for a Wait state; never rounded down to a busy loop, unless the scale itself is 0."""
    return math.ceil(seconds * settings().wait_scale)


def before_first_poll(video: Video) -> int:
    """What this model needs at its fastest: asking earlier would only cost calls."""
    fastest, _usual = catalog.models()[video.model].usual_seconds
    return scaled(fastest)


def between_polls() -> int:
    return scaled(POLL_SECONDS)


def before_submitting_again(video: Video) -> int:
    """For a busy provider: longer the longer it has been busy, and spread, so that not all come back at once."""
    elapsed = (datetime.now(UTC) - video.created_at).total_seconds()
    return scaled(random.uniform(0.5, 1) * min(30, 2 + elapsed / 4))  # noqa: S311  # spread, not secrecy


def is_overdue(video: Video) -> bool:
    """Past five minutes since the provider took it, or since it was asked for while no provider has."""
    return datetime.now(UTC) - (video.submitted_at or video.created_at) > OVERDUE


def is_given_up(video: Video) -> bool:
    return datetime.now(UTC) - video.created_at > GIVE_UP


def has_settled(attempted_at: datetime) -> bool:
    """Whether a submit of unknown outcome is long enough ago for "not found" to be believed.

    Longer than the request's own timeout, so that the request is over, and than a provider's index may lag behind.
    """
    return datetime.now(UTC) - attempted_at >= timedelta(seconds=SETTLE_SECONDS * settings().wait_scale)


def poll_after_seconds(video: Video) -> int | None:
    """When a client should ask again; None once there is nothing more to wait for."""
    status = Status(video.status)
    if status == Status.DELAYED:
        return max(1, scaled(60))
    if status in (Status.QUEUED, Status.PROCESSING, Status.SAVING):
        fastest, _usual = catalog.models()[video.model].usual_seconds
        left = fastest - (datetime.now(UTC) - video.created_at).total_seconds()
        return max(1, scaled(min(10, max(3, left / 3))))
    return None
