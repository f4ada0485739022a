"""Canceling a video before its provider begins with it, while it surely costs nothing."""

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, LostRace, NotCancelable, StoreUnavailable, Unreachable
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.providers.task_status import TaskStatus
from keepreel.workflow import provider_job

# Both must be held to by a write that rests on it: a submit may take its intent at any moment.
UNSENT = Video.attempt_token.does_not_exist() & Video.provider_task_id.does_not_exist()

_CANCELABLE = (Status.QUEUED, Status.PROCESSING, Status.DELAYED)


def cancel(video: Video) -> None:
    """Cancels it and gives it back to the day's usage; one that is canceled already stays so.

    Raises NotCancelable, which says why, and StoreUnavailable when the provider did not answer.
    """
    if video.status == Status.CANCELED:
        return
    if video.status not in _CANCELABLE or video.error_code:
        raise NotCancelable(f"This video is {video.status}; there is nothing to cancel any more.")
    if is_unsent(video):
        condition = UNSENT
    elif let_go(video):
        condition = None
    else:
        raise NotCancelable(_TOO_LATE if video.provider_task_id else _BEING_SENT)
    try:
        video_records.close(video, to=Status.CANCELED, condition=condition, is_refunded=True)
    except LostRace:
        is_sent = video.status in _CANCELABLE
        raise NotCancelable(_BEING_SENT if is_sent else f"This video is {video.status} by now.") from None
    logger.info("canceled", extra={"video_id": video.video_id, "owner": video.owner})


def is_unsent(video: Video) -> bool:
    return video.attempt_token is None and video.provider_task_id is None


def let_go(video: Video) -> bool:
    """Whether its provider let go of it, so that it costs nothing. Raises StoreUnavailable when that is not known."""
    if video.provider_task_id is None or video.status == Status.SAVING:
        return False
    job = provider_job.without_image(video)
    try:
        if registry.adapter(video.provider).cancel(job):
            return True
        # Perhaps it was let go before, and only the reply was lost.
        return registry.adapter(video.provider).poll(job).status == TaskStatus.CANCELED
    except (Unreachable, AccountProblem) as error:
        raise StoreUnavailable(f"no answer to a cancel: {error}") from error


_TOO_LATE = "The video service has begun with this video and does not stop any more. It can be deleted."
_BEING_SENT = "This video is just being sent to the video service. Try again in a minute."
