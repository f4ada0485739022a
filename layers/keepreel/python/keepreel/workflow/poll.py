"""Asking the provider how a job is doing, and what its answer means for the record."""

from keepreel.db import video_records
from keepreel.db.status import Status, TaskStatus
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, ErrorCode, Failure, Unreachable
from keepreel.logs import logger
from keepreel.providers.base import TaskState, provider
from keepreel.workflow import provider_job, timing
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.step import Step


def poll(video: Video) -> Step:
    """Moves the video on by the provider's word. Late is not failed: past five minutes it is left to the sweeper."""
    if video.error_code:
        return Step(status=Status.FAILED)
    if video.status not in (Status.PROCESSING, Status.DELAYED) or video.provider_task_id is None:
        return Step(status=Status(video.status))
    state = _ask(video)
    if state is None:
        return _keep_waiting(video, is_over=timing.is_hopeless(video))
    if state.status == TaskStatus.RUNNING:
        return _keep_waiting(video, is_over=timing.is_given_up(video))
    if state.status == TaskStatus.SUCCEEDED:
        video_records.transition(video, to=Status.SAVING)
        return Step(status=Status.SAVING)
    failure = state.failure or _NO_REASON
    logger.info("the provider failed it", extra={"video_id": video.video_id, "code": failure.code})
    if state.is_charged:
        video_records.record_failure(video, failure)
    else:
        video_records.record_failure(video, failure.uncharged(), actions=[Video.is_uncharged.set(True)])
    return Step(status=Status.FAILED)


def _ask(video: Video) -> TaskState | None:
    """None when no answer came: that says nothing about the job, which may well be done and paid for."""
    try:
        return provider(video.provider).poll(provider_job.without_image(video))
    except AccountProblem as problem:
        alert_operator(video, problem)
    except Unreachable as error:
        logger.warning("poll got no answer", extra={"video_id": video.video_id, "reason": str(error)})
    return None


def _keep_waiting(video: Video, *, is_over: bool) -> Step:
    if is_over:
        video_records.record_failure(video, _GIVEN_UP, Video.status == video.status)  # not if another got its answer
        return Step(status=Status.FAILED)
    if not timing.is_overdue(video):
        return Step(status=Status.PROCESSING, wait_seconds=timing.between_polls())
    if video.status != Status.DELAYED:
        video_records.transition(video, to=Status.DELAYED)
    return Step(status=Status.DELAYED)


_NO_REASON = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The video service could not make this video and gave no reason. Try again, or change the prompt.",
)
_GIVEN_UP = Failure(
    code=ErrorCode.TIMED_OUT,
    message="The video service did not bring this video for days, and we stopped waiting. Ask again.",
)
