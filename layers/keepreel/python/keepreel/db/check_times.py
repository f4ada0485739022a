"""When the sweeper checks a video whose record has not changed."""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from keepreel.db.status import Status
from keepreel.db.tables import Video

# Soon where a start may have been lost, later where the
# workflow retries by itself, and after the five minutes that one save may run.
AFTER = {
    Status.QUEUED: timedelta(seconds=30),
    Status.PROCESSING: timedelta(minutes=3),
    Status.SAVING: timedelta(minutes=6),
}
_SOONEST_CHECK = timedelta(minutes=1)  # a check that is due sooner would disturb the step that runs now
_START_SECONDS = timedelta(seconds=10)  # a workflow has started and written its attempt by then
WAITING_AFTER = timedelta(minutes=10)  # a waiting video; the dispatcher looks at its queue every minute
_AFTER_BREAKS = tuple(timedelta(seconds=it) for it in (30, 60, 120, 300))  # by the number of breaks
SAVE_HAS_ENDED_AFTER = timedelta(minutes=10)  # a save runs for five minutes at most
_DELAYED_AFTER_MIN, _DELAYED_AFTER_MAX = timedelta(minutes=5), timedelta(hours=6)


def next_check_at(video: Video, *, status: Status, now: datetime) -> datetime:
    """Return when the sweeper should check an unfinished video: less often the longer the provider takes."""
    if status != Status.DELAYED:
        return now + AFTER[status]
    if video.attempt_token is None and video.provider_task_id is None:
        # The provider is busy. The longest-waiting video must not be retried the least often.
        return now + _DELAYED_AFTER_MIN
    interval = min((now - video.created_at) / 8, _DELAYED_AFTER_MAX)
    if video.file_expires_at is not None and video.file_expires_at > now:  # several tries, while the file exists
        interval = min(interval, (video.file_expires_at - now) / 8)
    return now + max(_DELAYED_AFTER_MIN, interval)


def next_check_after_break(breaks: int, *, now: datetime) -> datetime:
    """Return when the sweeper checks a video after this number of steps that raised an error."""
    return now + _AFTER_BREAKS[min(max(breaks, 1), len(_AFTER_BREAKS)) - 1]


def checked_soon(video: Video, *, now: datetime) -> list[Action]:
    """Let the sweeper check in half a minute whether the video's workflow runs. A check before that stays."""
    latest = now + AFTER[Status.QUEUED]
    present = video.next_check_at
    is_soon = present is not None and now + _START_SECONDS <= present <= latest
    return [] if is_soon else [Video.next_check_at.set(latest)]


def checked_by(video: Video, latest: datetime, *, now: datetime) -> list[Action]:
    """Let the sweeper check the video at this time. An earlier check stays, because a change writes the index twice."""
    present = video.next_check_at
    if present is not None and now + _SOONEST_CHECK <= present <= latest:
        return []
    return [Video.next_check_at.set(latest)]
