"""Higgsfield adapter. Images are accepted by URL only, and a request is found again only by its Idempotency-Key."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from keepreel.errors import Busy, FileGone, OutcomeUnknown, Unavailability, Unreachable
from keepreel.logs import logger
from keepreel.providers import failure_messages, refusal_words, task_status
from keepreel.providers.base import Bill, Job, Submission, TaskState
from keepreel.providers.higgsfield import client, errors, image_upload, price, request
from keepreel.providers.higgsfield.client import HiggsfieldResponse
from keepreel.providers.http import redact
from keepreel.providers.json_values import first_link, mapping, text, timestamp
from keepreel.providers.task_status import COMMON_WORDS, TaskStatus
from keepreel.settings import settings

# `ip_detected` (protected material) is in the CLI's help only, never seen in the API.
STATUS_WORDS = {**COMMON_WORDS, "nsfw": TaskStatus.REJECTED, "ip_detected": TaskStatus.REJECTED}
# Higgsfield returns the credits of requests that end so. https://docs.higgsfield.ai/help/faq
# It does not say so about `ip_detected`, so that such a video stays in the day's usage as charged.
_UNCHARGED_WORDS = ("failed", "nsfw", "canceled", "cancelled")
_MAX_TASK_ID_CHARS = 255


def prepare(job: Job) -> Submission:
    return Submission(video_id=job.video_id, path=request.path(job), body=request.body(job))


def submit(submission: Submission) -> str:
    response = client.send(
        "POST",
        submission.path,
        body=submission.body,
        idempotency_key=submission.video_id,
        video_id=submission.video_id,
        redacted=request.confidential_of(submission),
    )
    if not response.is_success:
        raise errors.refusal(response, submission)
    task_id = mapping(response.body).get("request_id")
    if not isinstance(task_id, str) or not 0 < len(task_id) <= _MAX_TASK_ID_CHARS:
        raise OutcomeUnknown(f"{response} to a submit, without a request id")
    return task_id


def find(job: Job) -> str | None:
    """Send the stored request again under the same Idempotency-Key; Higgsfield repeats its first response for free.

    Never None, because a request that never arrived is accepted now. Raises OutcomeUnknown once Higgsfield may have
    forgotten the key: the same request would then be generated and charged a second time.
    """
    if job.sent is None or job.first_sent_at is None:
        raise OutcomeUnknown("there is no stored request")
    if datetime.now(UTC) - job.first_sent_at >= timedelta(hours=settings().higgsfield_key_hours):
        raise OutcomeUnknown("Higgsfield may have forgotten the Idempotency-Key, so nothing is sent again")
    if not job.sent.is_whole:
        raise OutcomeUnknown("the stored request is incomplete, so it cannot be sent again")
    try:
        return submit(job.sent)
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None


def poll(job: Job) -> TaskState:
    response = _call("GET", "status", job)
    body = mapping(response.body)
    if response.http_status in (404, 410) and response.is_own_error:
        raise FileGone(f"{response} to a lookup")
    if not response.is_success or body.get("request_id", job.task_id) != job.task_id:
        raise Unreachable(f"{response}, without this request's status")
    word = body.get("status")
    if not isinstance(word, str) or not word:
        raise Unreachable("Higgsfield returned a request without a status")
    return _state(word, body, job)


def cancel(job: Job) -> bool:
    """Cancel a request that waits in Higgsfield's queue; its credits are returned. False once it has started."""
    response = _call("POST", "cancel", job)
    if response.http_status == 400 and response.is_own_error:
        return False
    if not response.is_success:
        raise Unreachable(f"{response} to a cancel")
    return True


def estimate(job: Job) -> Bill | None:
    return None if job.sent is None else price.estimate(job.sent)


def upload_image(image: bytes) -> str:
    return image_upload.upload(image)


def _call(method: Literal["GET", "POST"], action: str, job: Job) -> HiggsfieldResponse:
    """Build the URL, instead of using one from a Higgsfield response, so that keys go to the configured host only."""
    path = f"/requests/{quote(job.task_id or '', safe='')}/{action}"
    try:
        response = client.send(method, path, video_id=job.video_id, redacted=_redacted_of_job(job))
    except (Busy, OutcomeUnknown) as error:
        raise Unreachable(str(error)) from None
    if problem := errors.account_problem(response):
        raise problem
    return response


def _state(word: str, body: dict[str, Any], job: Job) -> TaskState:
    status = task_status.from_word(word, STATUS_WORDS, video_id=job.video_id)
    if status == TaskStatus.RUNNING:
        return TaskState(status=status)
    if status == TaskStatus.SUCCEEDED:
        return _succeeded(body)
    reason = redact(client.message_text(body.get("error")), redacted=_redacted_of_job(job))
    extra = {"video_id": job.video_id, "task_id": job.task_id, "status": status, "provider_message": reason}
    logger.info("Higgsfield request ended without a video", extra=extra)
    is_charged = word.strip().lower() not in _UNCHARGED_WORDS
    if status == TaskStatus.FAILED and refusal_words.is_end_of_model(reason, job):
        failure = failure_messages.ended_model(job.model, is_from_image=job.has_image)
        return TaskState(status=status, failure=failure, is_charged=is_charged, unavailable=Unavailability.GONE)
    return TaskState(status=status, failure=errors.failure(status, reason), is_charged=is_charged)


def _succeeded(body: dict[str, Any]) -> TaskState:
    link = first_link([body.get("video")])
    if link is None:
        raise Unreachable("Higgsfield finished the video but returned no link to the file")
    return TaskState(
        status=TaskStatus.SUCCEEDED,
        video_url=link,
        expires_at=timestamp(body.get("expires_at")),
        enhanced_prompt=_enhanced_prompt(body),
    )


def _enhanced_prompt(body: dict[str, Any]) -> str | None:
    """Return the prompt as Higgsfield rewrote it. No response with one is documented, so each likely place is read."""
    return text(body.get("enhanced_prompt")) or text(mapping(body.get("video")).get("enhanced_prompt"))


def _redacted_of_job(job: Job) -> list[str | None]:
    shots = [shot.prompt for shot in job.options.shots]
    return [job.prompt, job.negative_prompt, *shots, *(request.confidential_of(job.sent) if job.sent else [])]
