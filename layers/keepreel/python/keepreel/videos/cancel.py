"""Cancel a video before its provider starts it, while cancellation is certainly free."""

from pynamodb.expressions.update import Action

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, LostRace, NotCancelable, StoreUnavailable, Unreachable
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.providers.task_status import TaskStatus
from keepreel.workflow import provider_job

_MAX_TRIES = 3
_CANCELABLE = (Status.QUEUED, Status.PROCESSING, Status.DELAYED)


def cancel(video: Video) -> None:
    """Cancel the video and refund its usage. A second cancel is a no-op.

    Raises NotCancelable, which says why, and StoreUnavailable if the provider did not respond.
    """
    for _ in range(_MAX_TRIES):
        if video.status == Status.CANCELED:
            return
        try:
            _close(video)
        except LostRace:  # for example, it has just got a slot; `video` was refreshed
            continue
        logger.info("canceled", extra={"video_id": video.video_id, "owner": video.owner})
        return
    raise NotCancelable(_BEING_SENT)


def _close(video: Video) -> None:
    if video.status not in _CANCELABLE or video.error_code:
        raise NotCancelable(f"This video is {video.status}, so it cannot be canceled.")
    actions: list[Action] = []
    if is_unsent(video):
        condition = video_records.UNSENT
    elif cancel_task(video):
        condition, actions = None, [Video.is_uncharged.set(True)]  # so that no later answer refunds it a second time
    else:
        raise NotCancelable(_STARTED if video.provider_task_id else _BEING_SENT)
    video_records.close(video, to=Status.CANCELED, actions=actions, condition=condition, is_refunded=True)


def is_unsent(video: Video) -> bool:
    return video.attempt_token is None and video.provider_task_id is None


def cancel_task(video: Video) -> bool:
    """Return whether the provider canceled the task, so that it is free. Raises StoreUnavailable if that is unknown."""
    if video.provider_task_id is None or video.status == Status.SAVING:
        return False
    job = provider_job.without_image(video)
    try:
        if registry.adapter(video.provider).cancel(job):
            return True
        # An earlier cancel may have succeeded and only its reply was lost.
        return registry.adapter(video.provider).poll(job).status == TaskStatus.CANCELED
    except (Unreachable, AccountProblem) as error:
        raise StoreUnavailable(f"cancel got no response: {error}") from error


_STARTED = "The provider has started this video and cannot cancel it. You can delete it."
_BEING_SENT = "This video is being sent to the provider. Try again in a minute."
