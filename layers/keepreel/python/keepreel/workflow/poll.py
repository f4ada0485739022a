"""Poll the provider for a job's status and update the record."""

from datetime import UTC, datetime

from keepreel.db import charges, video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, Failure, LostRace, Unreachable
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.providers.base import TaskState
from keepreel.providers.task_status import TaskStatus
from keepreel.workflow import crowding, deadlines, failures, intervals, outcome, provider_job, refusals, usual_times
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.step import Step


def poll(video: Video, *, is_by_callback: bool = False) -> Step:
    """Poll once. A slow job is not marked failed: when the workflow's polling ends, the sweeper continues."""
    if video.error_code:
        return Step(status=Status.FAILED)
    if video.status not in (Status.PROCESSING, Status.DELAYED) or video.provider_task_id is None:
        return Step(status=Status(video.status))
    state = _task_state(video)
    if state is None and deadlines.is_overdue(video):
        state = _task_state(video)  # at once, because this workflow ends, and the next one may be hours away
    if state is None:
        return _poll_again(video, is_over=deadlines.is_file_expiring(video))
    if state.status == TaskStatus.RUNNING:
        return _poll_again(video, is_over=deadlines.is_timed_out(video))
    if state.status == TaskStatus.SUCCEEDED:
        was_delayed = video.status == Status.DELAYED
        is_first = video_records.transition(video, to=Status.SAVING, actions=outcome.facts(state))
        if is_first and not was_delayed:  # a delayed video was polled hours apart
            usual_times.record(video, is_by_callback=is_by_callback)
        elif was_delayed and is_by_callback:  # its workflow has ended, so the next sweep starts one that saves the file
            video_records.update(video, [Video.next_check_at.set(datetime.now(UTC))])
        return Step(status=Status.SAVING)
    return _failed(video, state)


def _failed(video: Video, state: TaskState) -> Step:
    refusals.remember(video, state)
    failure = state.failure or failures.NO_REASON
    logger.info("provider failed the job", extra={"video_id": video.video_id, "code": failure.code})
    if state.is_charged:
        video_records.record_failure(video, failure, actions=outcome.cost(state.bill))
    else:
        _record_uncharged(video, failure)
    return Step(status=Status.FAILED)


def _record_uncharged(video: Video, failure: Failure) -> None:
    """Record a failure that is free. A video that was deleted meanwhile is refunded."""
    task_id = str(video.provider_task_id)
    try:
        video_records.record_failure(video, failure.uncharged(), actions=outcome.no_cost())
    except LostRace:
        charges.refund_task(video, task_id)
        raise


def _task_state(video: Video) -> TaskState | None:
    """Return None if the provider did not respond. The job may still be finished and charged."""
    try:
        return registry.adapter(video.provider).poll(provider_job.without_image(video))
    except AccountProblem as problem:
        alert_operator(video, problem)
    except Unreachable as error:
        logger.warning("poll got no response", extra={"video_id": video.video_id, "reason": str(error)})
    return None


def _poll_again(video: Video, *, is_over: bool) -> Step:
    if is_over:
        # The condition: another worker may have received the result meanwhile.
        video_records.record_failure(video, failures.NEVER_FINISHED, Video.status == video.status)
        return Step(status=Status.FAILED)
    if not deadlines.is_overdue(video):
        return Step(
            status=Status.PROCESSING, wait_seconds=intervals.before_poll(video, is_crowded=crowding.is_crowded(video))
        )
    if video.status != Status.DELAYED:
        video_records.transition(video, to=Status.DELAYED)
    return Step(status=Status.DELAYED)
