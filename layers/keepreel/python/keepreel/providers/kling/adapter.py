"""Kling AI as a provider, over either of its two API standards."""

from keepreel.db import status as statuses
from keepreel.db.status import TaskStatus
from keepreel.errors import Busy, OutcomeUnknown, Unreachable
from keepreel.logs import logger
from keepreel.providers.base import Job, Submission, TaskState
from keepreel.providers.http import speakable
from keepreel.providers.kling import (
    client,
    errors,
    legacy_api,
    tasks_api,
)
from keepreel.providers.kling.task import Standard, Task

FINDS_BY_SENDING = False
HOSTS_IMAGES = False


def prepare(job: Job) -> Submission:
    return _standard(job).prepare(job)


def submit(submission: Submission) -> str:
    answer = client.send(
        "POST",
        submission.path,
        body=submission.body,
        video_id=submission.video_id,
        unspoken=_prompts(submission),
    )
    if not answer.is_accepted:
        raise errors.refusal(answer, submission)
    tasks = _standard_at(submission.path).tasks(answer)
    if not tasks:
        raise OutcomeUnknown(f"{answer} to a submit, and named no task")
    return tasks[0].id


def find(job: Job) -> str | None:
    task = _look_up(job, path=_standard(job).path_by_video_id(job))
    return task.id if task else None


def poll(job: Job) -> TaskState:
    task = _look_up(job, path=_standard(job).path_by_task_id(job))
    if task is None or task.id != job.task_id:
        raise Unreachable("Kling does not tell of this task")
    return _state(task, job)


def cancel(job: Job) -> bool:  # noqa: ARG001
    """Never: Kling documents no way to cancel."""
    return False


def _standard(job: Job) -> Standard:
    if job.sent:
        return _standard_at(job.sent.path)
    return {"legacy": legacy_api, "tasks": tasks_api}[job.model.endpoints]


def _standard_at(path: str) -> Standard:
    return legacy_api if path.startswith("/v1/") else tasks_api


def _look_up(job: Job, *, path: str) -> Task | None:
    """The job's task, or None if Kling has no such task. Raises Unreachable when the answer does not say which."""
    try:
        answer = client.send("GET", path, video_id=job.video_id, unspoken=(job.prompt, job.negative_prompt))
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None
    if problem := errors.account_problem(answer):
        raise problem
    tasks = _standard(job).tasks(answer)
    if tasks is None:
        raise Unreachable(f"{answer} to a look-up")
    ours = [task for task in tasks if task.video_id in (None, job.video_id)]
    if tasks and not ours:
        raise Unreachable("Kling told of somebody else's task")
    return ours[0] if ours else None


def _state(task: Task, job: Job) -> TaskState:
    if task.status is None:
        raise Unreachable("Kling did not tell the task's status")
    status = statuses.from_provider(task.status)
    if status is None:
        # The vendors add words unannounced; one that ended the task will be followed by nothing, and time decides.
        logger.warning("unknown word for a status", extra={"video_id": job.video_id, "word": task.status[:100]})
        return TaskState(status=TaskStatus.RUNNING)
    if status == TaskStatus.RUNNING:
        return TaskState(status=status)
    if status == TaskStatus.SUCCEEDED:
        return _succeeded(task)
    words = speakable(task.reason, unspoken=(job.prompt, job.negative_prompt))
    logger.info("Kling failed a task", extra={"video_id": job.video_id, "task_id": task.id, "provider_words": words})
    return TaskState(status=status, failure=errors.failure(words), cost_usd=task.cost_usd)


def _succeeded(task: Task) -> TaskState:
    if task.video_url is None:
        raise Unreachable("Kling has made the video but gave no link to it")
    return TaskState(status=TaskStatus.SUCCEEDED, video_url=task.video_url, cost_usd=task.cost_usd)


def _prompts(submission: Submission) -> list[str | None]:
    body = submission.body
    return [body.get("prompt"), body.get("negative_prompt"), *(part.get("text") for part in body.get("contents", []))]
