"""Closing a video that cannot be made, and leaving open what merely broke on our side."""

from datetime import UTC, datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from keepreel import aws, limits, records, statuses, waiting
from keepreel.errors import ErrorCode, Failure, StoreUnavailable
from keepreel.logs import logger
from keepreel.models import Video
from keepreel.statuses import UNFINISHED, Status
from keepreel.submission import NEVER_SEEN
from keepreel.workflow import Step

# A step that breaks this often with nothing sent is our own defect; the person should not wait for its repair.
_MOST_BREAKS_UNSENT = 5


def fail(video: Video, *, cause: str | None) -> Step:
    """Closes the video if there is a verdict on it; without one it stays open, `delayed`, for the sweeper.

    `cause` is the class of the error that stopped the workflow, if one did.
    """
    if video.status not in UNFINISHED:
        return Step(status=Status(video.status))
    if video.error_code is None:
        logger.error("a step broke", extra={"video_id": video.video_id, "owner": video.owner, "cause": cause})
        records.note(video, [Video.breaks.add(1)])
        if not _note_own_verdict(video):
            if video.status != Status.DELAYED:
                records.move(video, to=Status.DELAYED)
            return Step(status=Status.DELAYED)
    _close(video)
    return Step(status=Status(video.status))


def _note_own_verdict(video: Video) -> bool:
    """False while trying again can still bring the video: what was sent may be paid for, and is not let go early."""
    if video.provider_task_id:
        if waiting.is_hopeless(video):
            records.note_failure(video, _NEVER_STORED)
    elif video.attempt_token:
        if waiting.is_given_up(video):
            records.note_failure(video, NEVER_SEEN)
    elif video.breaks >= _MOST_BREAKS_UNSENT:
        records.note_failure(video, _BROKE_UNSENT, Video.attempt_token.does_not_exist())
    return video.error_code is not None


def _close(video: Video) -> None:
    """The status and the day's usage change together, so that what was not charged is given back exactly once.

    Surely not charged is what has neither an intent nor a task; the condition holds the record to what we read.
    """
    is_uncharged = video.attempt_token is None and video.provider_task_id is None
    condition = Video.status.is_in(*statuses.origins(Status.FAILED))
    if is_uncharged:
        condition &= Video.attempt_token.does_not_exist() & Video.provider_task_id.does_not_exist()
    try:
        with TransactWrite(connection=aws.dynamodb()) as transaction:
            actions = records.moving(video, to=Status.FAILED, now=datetime.now(UTC))
            transaction.update(video, actions=actions, condition=condition)
            if is_uncharged:
                limits.give_back(transaction, owner=video.owner, day=video.usage_day)
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
    video.refresh(consistent_read=True)
    if video.status in UNFINISHED:
        raise StoreUnavailable(f"{video.video_id} could not be closed just now")
    logger.info("failed", extra={"video_id": video.video_id, "owner": video.owner, "code": video.error_code})


_BROKE_UNSENT = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Something on our side kept this video from being sent. Nothing was charged; try again later.",
)
_NEVER_STORED = Failure(
    code=ErrorCode.STORAGE_FAILED,
    message="The video was made, but it could not be fetched from the video service for days. Ask for it again.",
)
