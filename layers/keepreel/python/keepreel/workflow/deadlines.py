"""Deadlines: when a video is overdue, when it has timed out, and when a lost submit has settled."""

from datetime import UTC, datetime, timedelta

from keepreel.db.tables import Video
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.workflow import usual_times

OVERDUE_AFTER = timedelta(minutes=5)  # at least
_OVERDUE_USUAL_TIMES = 3
LONGEST_LOOP = timedelta(seconds=_OVERDUE_USUAL_TIMES * usual_times.MAX_USUAL_SECONDS)
# Longer than any documented provider queue: a job that still runs after this will not end.
TIMED_OUT_AFTER = timedelta(days=6)
# A job whose status the provider does not report may have finished, so polling goes on until the provider removes the
# file. It ends after this time at the latest, because the day's usage is kept for 30 days.
_LONGEST_WAIT = timedelta(days=25)
# By number of attempts. The first is longer than the submit function's timeout, so its request has ended.
SETTLE_SECONDS = (75, 300, 1800, 7200, 21600)
RESEND_SECONDS = 45  # longer than the submit function's timeout; there is no index that could lag behind
_STALE_SECONDS = 10
_PERMANENT_REFUSAL_SECONDS = 3600
_MAX_CLOCK_DIFFERENCE = timedelta(days=1)  # between a provider and us


def is_overdue(video: Video) -> bool:
    """Return whether the workflow should end and leave the video to the sweeper.

    This is after five minutes, or, once the provider generates the video, after three times the model's usual time if
    that is longer. Counted from the submit, or from the attempt whose outcome is unknown, or from the slot: a video
    that has waited for a busy provider must not leave its workflow at the first fault after that.
    """
    attempted_at = video.first_attempted_at if video.attempt_token else None
    elapsed = datetime.now(UTC) - (video.submitted_at or attempted_at or video.slot_taken_at or video.created_at)
    if elapsed <= OVERDUE_AFTER or video.submitted_at is None:  # most videos: nothing is read
        return elapsed > OVERDUE_AFTER
    return elapsed > timedelta(seconds=_OVERDUE_USUAL_TIMES * usual_times.usual_seconds(video.model))


def is_timed_out(video: Video) -> bool:
    return _waited(video) > TIMED_OUT_AFTER


def is_file_expiring(video: Video) -> bool:
    """Return whether the video has waited so long that the provider soon removes a finished file, or has removed it.

    Never before a running job times out: a job that does not answer must not end earlier than one that still runs.
    Never before the file expires, if the provider has said when.
    """
    waited = _waited(video)
    if waited > _LONGEST_WAIT:
        return True
    if _stated_expiry(video) is not None and not has_file_expired(video):
        return False
    return waited > max(TIMED_OUT_AFTER, registry.file_retention(video.provider))


def has_file_expired(video: Video) -> bool:
    """Return whether the provider may have removed the file: then "not found" means that it is gone."""
    return datetime.now(UTC) > file_expires_at(video)


def file_expires_at(video: Video) -> datetime:
    """Return when the provider removes the file: the time that it has said, or else the earliest possible one."""
    return _stated_expiry(video) or _accepted_at(video) + registry.file_retention(video.provider)


def has_settled(video: Video) -> bool:
    """Return whether the last submit with an unknown outcome is old enough that "not found" is reliable.

    The time grows with each attempt, so that an outage which loses submits does not use up all attempts.
    """
    if video.attempted_at is None:
        return False
    return _since_attempt(video) >= timedelta(seconds=settle_seconds(video) * settings().wait_scale)


def settle_seconds(video: Video) -> int:
    """Return how long after the last attempt "not found" is reliable, or the request may be sent again."""
    if registry.info(video.provider).find_by_resend:
        return RESEND_SECONDS
    return SETTLE_SECONDS[min(int(video.attempts), len(SETTLE_SECONDS)) - 1]


def is_stale(video: Video) -> bool:
    """Return whether the attempt began so long ago that another worker may soon believe that it has ended."""
    return _since_attempt(video) > timedelta(seconds=_STALE_SECONDS)


def seconds_since_attempt(video: Video) -> float:
    return _since_attempt(video).total_seconds()


def is_refusal_permanent(video: Video) -> bool:
    """Return whether resends have been refused for an hour: then the refusal is not a passing error."""
    if video.first_refused_at is None:
        return False
    permanent_after = timedelta(seconds=_PERMANENT_REFUSAL_SECONDS * settings().wait_scale)
    return datetime.now(UTC) - video.first_refused_at >= permanent_after


def _since_attempt(video: Video) -> timedelta:
    return datetime.now(UTC) - (video.attempted_at or datetime.now(UTC))


def _waited(video: Video) -> timedelta:
    return datetime.now(UTC) - _accepted_at(video)


def _accepted_at(video: Video) -> datetime:
    """Return when the provider accepted the video, or the time of the request if no provider has accepted it."""
    return video.submitted_at or video.created_at


def _stated_expiry(video: Video) -> datetime | None:
    """Return when the file expires, as the provider has said, unless the time is long before the submit, like 1970.

    If that counted, a passing "not found" would end a video that was paid for.
    """
    stated = video.file_expires_at
    return stated if stated is not None and stated > _accepted_at(video) - _MAX_CLOCK_DIFFERENCE else None
