"""Closing a video that cannot be made, and leaving open what merely broke on our side."""

from keepreel.db import video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import ErrorCode, Failure, LostRace, StoreUnavailable
from keepreel.logs import logger
from keepreel.workflow import notifications, timing
from keepreel.workflow.step import Step
from keepreel.workflow.submit import NEVER_SEEN

# A step that breaks this often with nothing sent is our own defect; the person should not wait for its repair.
_MOST_BREAKS_UNSENT = 5


def fail(video: Video, *, cause: str | None) -> Step:
    """Closes the video if there is a verdict on it; without one it stays open, `delayed`, for the sweeper.

    `cause` is the class of the error that stopped the workflow, if one did.
    """
    if video.status in UNFINISHED and not _closed(video, cause=cause):
        return Step(status=Status.DELAYED)
    notifications.announce(video)
    return Step(status=Status(video.status))


def _closed(video: Video, *, cause: str | None) -> bool:
    if video.error_code is None:
        logger.error("a step broke", extra={"video_id": video.video_id, "owner": video.owner, "cause": cause})
        video_records.update(video, [Video.breaks.add(1)])
        if not _note_own_verdict(video):
            if video.status != Status.DELAYED:
                video_records.transition(video, to=Status.DELAYED)
            return False
    _close(video)
    return True


def _note_own_verdict(video: Video) -> bool:
    """False while trying again can still bring the video: what was sent may be paid for, and is not let go early."""
    if video.provider_task_id:
        if timing.is_hopeless(video):
            video_records.record_failure(video, _NEVER_STORED)
    elif video.attempt_token:
        if timing.is_given_up(video):
            video_records.record_failure(video, NEVER_SEEN, Video.provider_task_id.does_not_exist())
    elif video.breaks >= _MOST_BREAKS_UNSENT:
        video_records.record_failure(video, _BROKE_UNSENT, Video.attempt_token.does_not_exist())
    return video.error_code is not None


def _close(video: Video) -> None:
    """Surely not charged is what has neither an intent nor a task, to which the condition holds the record, and what
    the provider promises to be free.
    """
    was_never_sent = video.attempt_token is None and video.provider_task_id is None
    unsent = Video.attempt_token.does_not_exist() & Video.provider_task_id.does_not_exist()
    try:
        video_records.close(
            video,
            to=Status.FAILED,
            condition=unsent if was_never_sent else None,
            is_refunded=was_never_sent or bool(video.is_uncharged),
        )
    except LostRace as error:
        if video.status in UNFINISHED:  # it was sent meanwhile: the next try reads it afresh
            raise StoreUnavailable(f"{video.video_id} could not be closed just now") from error
        return
    logger.info("failed", extra={"video_id": video.video_id, "owner": video.owner, "code": video.error_code})


_BROKE_UNSENT = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Something on our side kept this video from being sent. Nothing was charged; try again later.",
)
_NEVER_STORED = Failure(
    code=ErrorCode.STORAGE_FAILED,
    message="The video was made, but it could not be fetched from the video service for days. Ask for it again.",
)
