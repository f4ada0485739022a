"""Kling adapter, for both of Kling's API standards."""

from keepreel.errors import Busy, OutcomeUnknown, Unavailability, Unreachable
from keepreel.logs import logger
from keepreel.providers import failure_messages, refusal_words, task_status
from keepreel.providers.base import Job, Submission, TaskState
from keepreel.providers.http import redact
from keepreel.providers.kling import client, errors, legacy_api, tasks_api
from keepreel.providers.kling.task import STATUS_WORDS, ApiStandard, Task
from keepreel.providers.task_status import TaskStatus


def prepare(job: Job) -> Submission:
    return _standard(job).prepare(job)


def submit(submission: Submission) -> str:
    response = client.send(
        "POST",
        submission.path,
        body=submission.body,
        video_id=submission.video_id,
        redacted=_prompts(submission),
    )
    if not response.is_accepted:
        raise errors.refusal(response, submission)
    tasks = _standard_of_path(submission.path).tasks(response)
    if not tasks:
        raise OutcomeUnknown(f"{response} to a submit, without a task id")
    return tasks[0].id


def find(job: Job) -> str | None:
    """Look the task up by the video's id, which every submit sends as Kling's `external_task_id`."""
    task = _look_up(job, path=_standard(job).path_by_video_id(job))
    return task.id if task else None


def poll(job: Job) -> TaskState:
    task = _look_up(job, path=_standard(job).path_by_task_id(job))
    if task is None or task.id != job.task_id:
        raise Unreachable("Kling returned no status for this task")
    return _state(task, job)


def cancel(job: Job) -> bool:  # noqa: ARG001
    """Return False always, because Kling documents no way to cancel."""
    return False


def _standard(job: Job) -> ApiStandard:
    if job.sent:
        return _standard_of_path(job.sent.path)
    return legacy_api if job.model.endpoints == "legacy" else tasks_api


def _standard_of_path(path: str) -> ApiStandard:
    return legacy_api if path.startswith("/v1/") else tasks_api


def _look_up(job: Job, *, path: str) -> Task | None:
    """Return the job's task, or None if Kling has no such task. Raises Unreachable if the response leaves it open."""
    try:
        response = client.send("GET", path, video_id=job.video_id, redacted=_prompts_of_job(job))
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None
    if problem := errors.account_problem(response):
        raise problem
    tasks = _standard(job).tasks(response)
    if tasks is None:
        raise Unreachable(f"{response} to a lookup")
    matching = [task for task in tasks if task.video_id in (None, job.video_id)]
    if tasks and not matching:
        raise Unreachable("Kling returned a task of another video")
    return matching[0] if matching else None


def _state(task: Task, job: Job) -> TaskState:
    if task.status is None:
        raise Unreachable("Kling returned a task without a status")
    status = task_status.from_word(task.status, STATUS_WORDS, video_id=job.video_id)
    if status == TaskStatus.RUNNING:
        return TaskState(status=status)
    if status == TaskStatus.SUCCEEDED:
        return _succeeded(task, job)
    reason = redact(task.reason, redacted=_prompts_of_job(job))
    logger.info("Kling task failed", extra={"video_id": job.video_id, "task_id": task.id, "provider_message": reason})
    if refusal_words.is_end_of_model(reason, job):
        failure = failure_messages.ended_model(job.model, is_from_image=job.has_image)
        return TaskState(status=status, failure=failure, bill=task.bill, unavailable=Unavailability.GONE)
    return TaskState(status=status, failure=errors.failure(reason), bill=task.bill)


def _succeeded(task: Task, job: Job) -> TaskState:
    """A task with a watermark has two files, and `url` is the one without it."""
    link = (task.watermarked_url if job.options.watermark else None) or task.video_url
    if link is None:
        raise Unreachable("Kling finished the video but returned no link to the file")
    return TaskState(status=TaskStatus.SUCCEEDED, video_url=link, bill=task.bill)


def _prompts_of_job(job: Job) -> list[str | None]:
    sent = _prompts(job.sent) if job.sent else []
    return [job.prompt, job.negative_prompt, *(shot.prompt for shot in job.options.shots), *sent]


def _prompts(submission: Submission) -> list[str | None]:
    body = submission.body
    parts = [part.get("text") for part in body.get("contents", [])]
    shots = [shot.get("prompt") for shot in body.get("multi_prompt", [])]
    callbacks = [body.get("callback_url"), body.get("options", {}).get("callback_url")]
    return [body.get("prompt"), body.get("negative_prompt"), *parts, *shots, *callbacks]
