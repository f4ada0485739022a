"""Higgsfield's errors: what each means for money, and the message that people see.

The HTTP status alone does not decide: the concurrency limit comes as a 400 and a reused Idempotency-Key as a 422, and
only the message tells them from bad parameters. https://docs.higgsfield.ai/docs/concepts/errors
"""

import re

from keepreel.errors import (
    AccountProblem,
    Busy,
    ErrorCode,
    Failure,
    OutcomeUnknown,
    ProviderError,
    Refused,
    RefusedOrKnown,
    Unavailability,
)
from keepreel.logs import logger
from keepreel.models.model import Model
from keepreel.providers import failure_messages, refusal_words
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield.client import HiggsfieldResponse
from keepreel.providers.task_status import TaskStatus
from keepreel.settings import settings

_ACCOUNT_PROBLEMS = {
    401: "the keys were rejected",
    402: "the account must be paid for",  # not documented; seen by third parties
    403: "the account is out of credits or has no access to this",
}
# Nothing was accepted. 423 is a model that is blocked for a while, so waiting is enough.
_RETRY_LATER = (423, 429, 503)
_MODEL_BLOCKED = (423, 503)  # 503: "disabled or not ready", without an end that Higgsfield could name
# A gateway may send these for a request that arrived, and the API for one that still runs under the same key.
_AMBIGUOUS = (408, 409, 425)

_CONCURRENCY_LIMIT = re.compile(r"concurren")
_KEY_REUSED = re.compile(r"idempot|original request")
# A message about the model may mention an image only as part of a flow's name.
_NOT_THE_IMAGE = re.compile(r"model|image.to.video")


def account_problem(response: HiggsfieldResponse) -> AccountProblem | None:
    """Return the account problem that a response reports, if any."""
    if not response.is_own_error or response.http_status not in _ACCOUNT_PROBLEMS:
        return None
    return AccountProblem(f"{response}: {_ACCOUNT_PROBLEMS[response.http_status]}")


def is_retryable(response: HiggsfieldResponse) -> bool:
    """True if nothing was accepted and the same request may be sent again later."""
    return response.is_own_error and (is_at_capacity(response) or response.http_status in _RETRY_LATER)


def is_at_capacity(response: HiggsfieldResponse) -> bool:
    """True if the account runs as many requests as it may."""
    return response.http_status == 400 and _CONCURRENCY_LIMIT.search(response.message.lower()) is not None


def is_refusal(response: HiggsfieldResponse) -> bool:
    """True if nothing was accepted and the same request would be refused again."""
    is_client_error = 400 <= response.http_status < 500 and response.http_status not in _AMBIGUOUS
    return response.is_own_error and is_client_error and not is_retryable(response) and not _is_key_reused(response)


def refusal(response: HiggsfieldResponse, submission: Submission) -> ProviderError:
    """Return the error for a submit without a request id: OutcomeUnknown unless the response is clearly a refusal."""
    meaning = refusal_words.meaning(response.message, submission.body)
    if meaning == Unavailability.GONE and _is_named_by_server_error(response, submission):
        # A server error is no proof that nothing was accepted, so the request is looked up.
        gone = Unavailability.GONE
        return RefusedOrKnown(str(response), failure=_refused_model(gone, submission), unavailable=gone)
    if kind := _unavailability(response, meaning):
        return Refused(str(response), failure=_refused_model(kind, submission), unavailable=kind)
    if problem := account_problem(response):
        return problem
    if is_retryable(response):
        is_blocked = response.http_status in _MODEL_BLOCKED
        blocked = Unavailability.BLOCKED if is_blocked else None
        return Busy(str(response), unavailable=blocked, is_at_capacity=is_at_capacity(response))
    if not is_refusal(response):
        return OutcomeUnknown(str(response))
    return Refused(str(response), failure=_refusal_failure(response, meaning, submission))


def _unavailability(response: HiggsfieldResponse, meaning: refusal_words.Meaning | None) -> Unavailability | None:
    """Return why Higgsfield does not serve the model at all; None if it does, or only does not for a while."""
    if not (is_refusal(response) or response.http_status in _MODEL_BLOCKED) or not response.is_own_error:
        return None
    if response.http_status in (401, 402) or meaning == "capability":
        return None
    if isinstance(meaning, Unavailability) and meaning != Unavailability.BLOCKED:
        return meaning
    return Unavailability.UNKNOWN_MODEL if response.http_status == 404 else None


def _is_named_by_server_error(response: HiggsfieldResponse, submission: Submission) -> bool:
    is_server_error = response.http_status >= 500 and response.http_status not in _MODEL_BLOCKED
    return (
        is_server_error and response.is_own_error and refusal_words.names_the_model(response.message, submission.body)
    )


def failure(status: TaskStatus, reason: str) -> Failure:
    """Return why an accepted request ended without a video. The status says more than the message."""
    message = reason.lower()
    if status == TaskStatus.REJECTED:
        return failure_messages.output_rejected("Higgsfield")
    if status == TaskStatus.CANCELED:
        return _CANCELED
    if failure_messages.CONTENT.search(message):
        return failure_messages.content_check_failed(message, title="Higgsfield")
    return _UNUSABLE_IMAGE if failure_messages.IMAGE.search(message) else _FAILED


def _is_key_reused(response: HiggsfieldResponse) -> bool:
    """True if the key already belongs to another request of ours. Then a second key must never be tried."""
    return response.http_status in (400, 422) and _KEY_REUSED.search(response.message.lower()) is not None


def _refusal_failure(
    response: HiggsfieldResponse, meaning: refusal_words.Meaning | None, submission: Submission
) -> Failure:
    message, is_from_image = response.message.lower(), _is_from_image(submission)
    if meaning == "capability":
        logger.error("combination refused", extra={"video_id": submission.video_id, "path": _path(submission)})
        return failure_messages.combination_not_served("Higgsfield")
    if failure_messages.MISSING.search(message):
        logger.error("request was incomplete", extra={"video_id": submission.video_id, "path": _path(submission)})
        return failure_messages.malformed("Higgsfield")
    if failure_messages.CONTENT.search(message):
        return failure_messages.input_rejected(message, title="Higgsfield", is_from_image=is_from_image)
    if is_from_image and failure_messages.IMAGE.search(message) and not _NOT_THE_IMAGE.search(message):
        return _UNUSABLE_IMAGE
    return failure_messages.not_accepted("Higgsfield")


def _is_from_image(submission: Submission) -> bool:
    return any(name.endswith(("_url", "_urls")) for name in submission.body)


def _refused_model(kind: Unavailability, submission: Submission) -> Failure:
    """Two catalog rows may have the same path: the operator sets the path of one model."""
    path = _path(submission).strip("/")
    return failure_messages.refused_model(
        "higgsfield",
        kind=kind,
        is_from_image=bool({"image_url", "first_frame_url"} & submission.body.keys()),
        is_refused=lambda model: path in _paths(model),
    )


def _paths(model: Model) -> set[str]:
    path = model.provider_model or settings().higgsfield_model_path
    flows = ("text-to-video", "image-to-video", "reference-to-video")
    return {path, *(f"{path}/{flow}" for flow in flows), *(path.replace("{flow}", flow) for flow in flows)}


_UNUSABLE_IMAGE = Failure(
    code=ErrorCode.IMAGE_REJECTED,
    message="Higgsfield cannot use this image. Choose a clear JPEG or PNG and try again; nothing was charged.",
)
_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Higgsfield could not generate this video, and nothing was charged. "
    "Try again; if it fails again, change the prompt or the image.",
)
_CANCELED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="This video was canceled at Higgsfield before it was generated. Nothing was charged. Try again.",
)


def _path(submission: Submission) -> str:
    """Return the path without the callback URL, which must not reach the log."""
    return submission.path.partition("?")[0]
