"""Higgsfield as a provider. It takes images by URL alone, and knows a request again by our key and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from keepreel.db import status as statuses
from keepreel.db.status import TaskStatus
from keepreel.errors import Busy, OutcomeUnknown, Unreachable
from keepreel.logs import logger
from keepreel.providers.base import Job, Submission, TaskState
from keepreel.providers.higgsfield import (
    client,
    errors,
    image_upload,
)
from keepreel.providers.higgsfield.client import Answer
from keepreel.providers.http import speakable
from keepreel.providers.json_values import first_link, mapping
from keepreel.settings import settings

FINDS_BY_SENDING = True
HOSTS_IMAGES = True
_LONGEST_TASK_ID = 255


def prepare(job: Job) -> Submission:
    # Nothing that the model does not take: Higgsfield ignores it without a word, and charges.
    body: dict[str, Any] = {"prompt": job.prompt}
    if job.has_image:
        body["image_url"] = job.image
    body |= {name: value for name, value in _options(job).items() if name in job.model.takes and value is not None}
    return Submission(video_id=job.video_id, path=_path(job), body=body)


def submit(submission: Submission) -> str:
    answer = client.send(
        "POST",
        submission.path,
        body=submission.body,
        idempotency_key=submission.video_id,
        video_id=submission.video_id,
        unspoken=_unspoken(submission),
    )
    if not answer.is_success:
        raise errors.refusal(answer, submission)
    task_id = mapping(answer.body).get("request_id")
    if not isinstance(task_id, str) or not 0 < len(task_id) <= _LONGEST_TASK_ID:
        raise OutcomeUnknown(f"{answer} to a submit, and named no request")
    return task_id


def find(job: Job) -> str | None:
    """Sends again what was sent, under the same key: Higgsfield then gives its first answer and charges nothing more.

    If it never had the request, it has it now; so the answer is never None. Raises OutcomeUnknown once Higgsfield
    may have forgotten the key, since the same would then be made and paid for a second time.
    """
    if job.sent is None or job.first_sent_at is None:
        raise OutcomeUnknown("nothing is known to have been sent")
    if datetime.now(UTC) - job.first_sent_at >= timedelta(hours=settings().higgsfield_key_hours):
        raise OutcomeUnknown("Higgsfield may have forgotten the key by now, and nothing is sent again")
    if not job.sent.is_whole:
        raise OutcomeUnknown("what was sent was not kept whole, so the same cannot be sent again")
    try:
        return submit(job.sent)
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None


def poll(job: Job) -> TaskState:
    answer = _ask("GET", "status", job)
    body = mapping(answer.body)
    if not answer.is_success or body.get("request_id", job.task_id) != job.task_id:
        raise Unreachable(f"{answer}, and does not tell of this request")
    word = body.get("status")
    if not isinstance(word, str) or not word:
        raise Unreachable("Higgsfield did not tell the request's status")
    return _state(word, body, job)


def cancel(job: Job) -> bool:
    """Only while it waits in Higgsfield's queue; its credits come back then."""
    answer = _ask("POST", "cancel", job)
    if answer.http_status == 400 and answer.is_own_error:
        return False
    if not answer.is_success:
        raise Unreachable(f"{answer} to a cancel")
    return True


def host_image(image: bytes) -> str:
    return image_upload.host(image)


def _path(job: Job) -> str:
    path = f"/{job.model.provider_model or settings().higgsfield_model_path}"
    if job.model.endpoints != "by_flow":
        return path
    return f"{path}/image-to-video" if job.has_image else f"{path}/text-to-video"


def _options(job: Job) -> dict[str, object]:
    return {
        "duration": job.duration_seconds,
        "aspect_ratio": None if job.has_image else job.aspect_ratio,  # beside an image: the video takes its shape
        "negative_prompt": job.negative_prompt,
        "seed": job.seed,
    }


def _ask(method: Literal["GET", "POST"], what: str, job: Job) -> Answer:
    """Never by the absolute URLs that Higgsfield's answers hold: the keys go to the operator's host alone."""
    path = f"/requests/{quote(job.task_id or '', safe='')}/{what}"
    try:
        answer = client.send(method, path, video_id=job.video_id, unspoken=_unspoken_of(job))
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None
    if problem := errors.account_problem(answer):
        raise problem
    return answer


def _state(word: str, body: dict[str, Any], job: Job) -> TaskState:
    status = statuses.from_provider(word)
    if status is None:
        # The vendors add words unannounced; one that ended the request will be followed by nothing, and time decides.
        logger.warning("unknown word for a status", extra={"video_id": job.video_id, "word": word[:100]})
        return TaskState(status=TaskStatus.RUNNING)
    if status == TaskStatus.RUNNING:
        return TaskState(status=status)
    if status == TaskStatus.SUCCEEDED:
        return _succeeded(body)
    words = speakable(client.in_words(body.get("error")), unspoken=_unspoken_of(job))
    extra = {"video_id": job.video_id, "task_id": job.task_id, "status": status, "provider_words": words}
    logger.info("Higgsfield ended a request without a video", extra=extra)
    # Higgsfield gives the credits of every such request back. https://docs.higgsfield.ai/help/faq
    return TaskState(status=status, failure=errors.failure(status, words), is_charged=False)


def _succeeded(body: dict[str, Any]) -> TaskState:
    link = first_link([body.get("video")])
    if link is None:
        raise Unreachable("Higgsfield has made the video but gave no link to it")
    return TaskState(status=TaskStatus.SUCCEEDED, video_url=link)


def _unspoken_of(job: Job) -> list[str | None]:
    return [job.prompt, job.negative_prompt, *(_unspoken(job.sent) if job.sent else [])]


def _unspoken(submission: Submission) -> list[str | None]:
    """The prompts, and the image's link, which may be signed."""
    return [submission.body.get(name) for name in ("prompt", "negative_prompt", "image_url")]
