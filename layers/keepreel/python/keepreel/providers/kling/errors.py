"""Kling's error codes: what each means for money, and the message that people see.

Kling's service code decides about money, neither the HTTP status nor the message: six codes come as a 429, and only
two of them are worth a retry.
https://kling.ai/document-api/api/get-started/error-codes
"""

import re
from collections.abc import Callable

from keepreel.errors import (
    AccountProblem,
    Busy,
    ErrorCode,
    Failure,
    OutcomeUnknown,
    ProviderError,
    Refused,
    RefusedOrKnown,
)
from keepreel.logs import logger
from keepreel.providers import failure_messages
from keepreel.providers.base import Submission
from keepreel.providers.kling.client import KlingResponse

_ACCOUNT_PROBLEMS = {
    1000: "the keys were rejected",
    1001: "the request had no key",
    1002: "the keys are not valid for this endpoint",
    1003: "the token is not valid yet; check the clock",
    1004: "the token has expired; check the clock",
    1100: "the account has a problem",
    1101: "the account is in arrears",
    1102: "the resource pack is used up or has expired",
    1304: "our IP address is not on the account's allowlist",
}
_MODEL_NOT_ALLOWED = 1103

_DUPLICATE = re.compile(r"already|duplicat")
# A message about the model or the task id may mention an image only as part of an endpoint's name.
_NOT_THE_IMAGE = re.compile(r"model|exist|task.?id|image.to.video")


def account_problem(response: KlingResponse) -> AccountProblem | None:
    """Return the account problem that the response to a lookup reports, if any."""
    problems = {**_ACCOUNT_PROBLEMS, _MODEL_NOT_ALLOWED: "the account has no access to this"}
    if response.code is None or response.code not in problems or response.http_status >= 500:
        return None
    return AccountProblem(f"{response}: {problems[response.code]}")


def refusal(response: KlingResponse, submission: Submission) -> ProviderError:
    """Return the error for a submit that created no task: OutcomeUnknown unless the response is clearly a refusal."""
    is_client_error = 400 <= response.http_status < 500
    if response.code is None or response.code == 0 or not (is_client_error or 200 <= response.http_status < 300):
        return OutcomeUnknown(str(response))
    if response.code in _ACCOUNT_PROBLEMS:
        return AccountProblem(f"{response}: {_ACCOUNT_PROBLEMS[response.code]}")
    meaning = _MEANINGS.get(response.code, _unlisted_code if is_client_error else _outcome_unknown)
    return meaning(response, submission)


def failure(reason: str) -> Failure:
    """Return why an accepted task failed. Kling gives no code for this, so its message decides."""
    message = reason.lower()
    if failure_messages.CONTENT.search(message):
        return failure_messages.content_check_failed(message, title="Kling")
    return _UNUSABLE_IMAGE if failure_messages.IMAGE.search(message) else _FAILED


def _outcome_unknown(response: KlingResponse, _: Submission) -> ProviderError:
    return OutcomeUnknown(str(response))


def _busy(response: KlingResponse, _: Submission) -> ProviderError:
    return Busy(str(response))


def _invalid(response: KlingResponse, submission: Submission) -> ProviderError:
    return Refused(str(response), failure=_parameter_failure(response, submission))


def _invalid_or_duplicate(response: KlingResponse, submission: Submission) -> ProviderError:
    """1201 has several meanings; one is that our task id already exists, which the message may say."""
    if _DUPLICATE.search(response.message.lower()):
        return OutcomeUnknown(f"{response}: it may already have the task")
    return RefusedOrKnown(str(response), failure=_parameter_failure(response, submission))


def _unlisted_code(response: KlingResponse, submission: Submission) -> ProviderError:
    """A code that is not documented: the HTTP status decides, and the task is looked up before it counts as refused.

    A 429 in Kling's envelope is some limit, so nothing was accepted, and waiting is the cheaper mistake.
    """
    if response.http_status == 401:
        return AccountProblem(str(response))
    if response.http_status == 429:
        return Busy(str(response))
    return RefusedOrKnown(str(response), failure=_parameter_failure(response, submission))


def _content_rejected(response: KlingResponse, submission: Submission) -> ProviderError:
    """The code does not say whether the prompt or the image was rejected."""
    message, is_from_image = response.message.lower(), _is_from_image(submission)
    reason = failure_messages.input_rejected(message, title="Kling", is_from_image=is_from_image)
    return Refused(str(response), failure=reason)


def _model_unavailable(response: KlingResponse, submission: Submission) -> ProviderError:
    refused = submission.body.get("model_name") or submission.path.rpartition("/")[2]
    reason = failure_messages.model_unavailable(
        "kling",
        is_from_image=_is_from_image(submission),
        is_refused=lambda model: model.provider_model == refused,
    )
    return Refused(str(response), failure=reason)


def _parameter_failure(response: KlingResponse, submission: Submission) -> Failure:
    message = response.message.lower()
    if failure_messages.FOREIGN_CONTENT.search(message):
        is_from_image = _is_from_image(submission)
        return failure_messages.input_rejected(message, title="Kling", is_from_image=is_from_image)
    if failure_messages.MISSING.search(message):
        logger.error("request was incomplete", extra={"video_id": submission.video_id, "path": submission.path})
        return failure_messages.malformed("Kling")
    if _is_from_image(submission) and failure_messages.IMAGE.search(message) and not _NOT_THE_IMAGE.search(message):
        return _UNUSABLE_IMAGE
    return failure_messages.not_accepted("Kling")


def _is_from_image(submission: Submission) -> bool:
    kinds = {part.get("type") for part in submission.body.get("contents", [])}
    is_image_path = submission.path.startswith(("/v1/videos/image2video", "/image-to-video/"))
    return is_image_path or bool(kinds - {"prompt"})  # the path of an omni model does not say it


_MEANINGS: dict[int, Callable[[KlingResponse, Submission], ProviderError]] = {
    _MODEL_NOT_ALLOWED: _model_unavailable,
    1200: _invalid,
    1201: _invalid_or_duplicate,
    1202: _model_unavailable,
    1203: _model_unavailable,
    1300: _content_rejected,
    1301: _content_rejected,
    1302: _busy,
    1303: _busy,
    5000: _outcome_unknown,
    5001: _outcome_unknown,  # maintenance: probably nothing was created, but Kling does not document it
    5002: _outcome_unknown,
}

_UNUSABLE_IMAGE = Failure(
    code=ErrorCode.IMAGE_REJECTED,
    message="Kling cannot use this image. Choose a clear JPEG or PNG, at least 300 pixels on each side, up to 10 MB.",
)
_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Kling could not generate this video. Try again; if it fails again, change the prompt or the image.",
)
