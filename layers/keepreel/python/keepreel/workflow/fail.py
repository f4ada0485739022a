"""Close a video that failed, or leave it open if only one of our steps raised an error."""

from datetime import UTC, datetime

from keepreel import metrics
from keepreel.db import charges, check_times, video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import BadVideo, LostRace, StoreUnavailable
from keepreel.logs import logger
from keepreel.workflow import bad_files, deadlines, failures, notifications
from keepreel.workflow.step import Step

# If steps raise this many errors before anything is sent, the defect is ours, and the user should not wait for its fix.
_MAX_UNSENT_STEP_ERRORS = 5


def fail(video: Video, *, cause: str | None) -> Step:
    """Close the video if it has a recorded failure. Otherwise leave it open as `delayed`, for the sweeper.

    `cause` is the class name of the error that stopped the workflow, if any.
    """
    if video.status in UNFINISHED and not _is_closed(video, cause=cause):
        return Step(status=Status.DELAYED)
    notifications.publish(video)
    return Step(status=Status(video.status))


def _is_closed(video: Video, *, cause: str | None) -> bool:
    if video.error_code is None:
        logger.error("step failed", extra={"video_id": video.video_id, "owner": video.owner, "cause": cause})
        video_records.update(video, [Video.breaks.add(1)])
        if video.status == Status.SAVING and cause == bad_files.CRASH:
            bad_files.counted(video, BadVideo("the process that saved the file ended"))
        if not _record_own_failure(video):
            _delay(video)
            return False
    _close(video)
    return True


def _delay(video: Video) -> None:
    """Leave the video to the sweeper, which looks soon after a first break and later after each further one."""
    if video.status != Status.DELAYED:
        video_records.transition(video, to=Status.DELAYED)
    next_check_at = check_times.next_check_after_break(int(video.breaks), now=datetime.now(UTC))
    video_records.update(video, [Video.next_check_at.set(next_check_at)])


def _record_own_failure(video: Video) -> bool:
    """Return False while a retry can still succeed. A job that was sent may be charged, so it is not given up early."""
    if video.provider_task_id:
        if deadlines.is_file_expiring(video):
            video_records.record_failure(video, failures.NEVER_STORED)
    elif video.attempt_token:
        if deadlines.is_timed_out(video):
            video_records.record_failure(video, failures.NEVER_CONFIRMED, Video.provider_task_id.does_not_exist())
    elif video.breaks >= _MAX_UNSENT_STEP_ERRORS:
        never_sent = Video.attempt_token.does_not_exist() & Video.provider_task_id.does_not_exist()
        video_records.record_failure(video, failures.STEP_ERRORS, never_sent)
    return video.error_code is not None


def _close(video: Video) -> None:
    """Close the video as failed. Refund its usage if it was certainly not charged.

    That is the case if it has neither an attempt nor a task, which the condition ensures, or if the provider documents
    that this end of a task is free.
    """
    was_never_sent = video.attempt_token is None and video.provider_task_id is None
    try:
        video_records.close(
            video,
            to=Status.FAILED,
            condition=charges.is_as_read(video),
            is_refunded=was_never_sent or bool(video.is_uncharged),
        )
    except LostRace as error:
        if video.status in UNFINISHED:  # it was sent meanwhile: the retry of this step reads the record again
            raise StoreUnavailable(f"{video.video_id} changed while it was being closed") from error
        return
    logger.info("failed", extra={"video_id": video.video_id, "owner": video.owner, "code": video.error_code})
    metrics.measure({"VideosFailed": 1}, code=str(video.error_code))
