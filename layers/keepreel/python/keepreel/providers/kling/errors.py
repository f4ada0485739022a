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
    Unavailability,
)
from keepreel.logs import logger
from keepreel.providers import failure_messages, refusal_words
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
_AT_CAPACITY = 1303
_BUSY = (1302, _AT_CAPACITY)
_REFUSAL_CODES = (_MODEL_NOT_ALLOWED, 1200, 1202, 1203)  # with these, Kling has created no task
_UNAVAILABLE = {_MODEL_NOT_ALLOWED: Unavailability.NOT_ENTITLED, 1203: Unavailability.UNKNOWN_MODEL}

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
    kind = _unavailability(response, submission)
    if kind not in (None, Unavailability.BLOCKED):
        return _refused_model(response, submission, kind)
    if response.code is None or response.code == 0 or not (is_client_error or 200 <= response.http_status < 300):
        return OutcomeUnknown(str(response))
    if response.code in _ACCOUNT_PROBLEMS:
        return AccountProblem(f"{response}: {_ACCOUNT_PROBLEMS[response.code]}")
    if kind == Unavailability.BLOCKED:
        is_proof = response.code in _REFUSAL_CODES
        return Busy(str(response), unavailable=kind) if is_proof else OutcomeUnknown(str(response))
    meaning = _MEANINGS.get(response.code, _unlisted_code if is_client_error else _outcome_unknown)
    return meaning(response, submission)


def _unavailability(response: KlingResponse, submission: Submission) -> Unavailability | None:
    """Return why Kling does not serve the model: by the words under any code, else by the code.

    Words about the account or its rate limit do not count.
    """
    if response.is_accepted or response.code in {*_ACCOUNT_PROBLEMS, *_BUSY}:
        return None
    meaning = refusal_words.meaning(response.message, submission.body)
    names_the_model = refusal_words.names_the_model(response.message, submission.body)
    if response.code is None and not 400 <= response.http_status < 500:  # a gateway's, or a crash that names the model
        is_end = response.http_status == 500 and meaning == Unavailability.GONE and names_the_model
        return Unavailability.GONE if is_end else None
    if meaning == "capability":
        return None
    if meaning == Unavailability.BLOCKED and response.code not in _UNAVAILABLE and not names_the_model:
        return None  # what is "temporarily unavailable" may be the link to an image
    if meaning is not None:
        return meaning
    if response.code in _UNAVAILABLE:
        return _UNAVAILABLE[response.code]
    is_unlisted = response.code is not None and response.code not in _MEANINGS
    return Unavailability.UNKNOWN_MODEL if is_unlisted and response.http_status == 404 else None


def failure(reason: str) -> Failure:
    """Return why an accepted task failed. Kling gives no code for this, so its message decides."""
    message = reason.lower()
    if failure_messages.CONTENT.search(message):
        return failure_messages.content_check_failed(message, title="Kling")
    return _UNUSABLE_IMAGE if failure_messages.IMAGE.search(message) else _FAILED


def _outcome_unknown(response: KlingResponse, _: Submission) -> ProviderError:
    return OutcomeUnknown(str(response))


def _busy(response: KlingResponse, _: Submission) -> ProviderError:
    return Busy(str(response), is_at_capacity=response.code == _AT_CAPACITY)


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


def _refused_model(response: KlingResponse, submission: Submission, kind: Unavailability) -> ProviderError:
    """Only some codes prove that no task was created; under another one, the task is looked up first."""
    refused = submission.body.get("model_name") or submission.path.rpartition("/")[2]
    reason = failure_messages.refused_model(
        "kling",
        kind=kind,
        is_from_image=_is_from_image(submission),
        is_refused=lambda model: model.provider_model == refused,
    )
    is_proof = response.code in _REFUSAL_CODES and response.http_status < 500
    return (Refused if is_proof else RefusedOrKnown)(str(response), failure=reason, unavailable=kind)


def _wrong_method(response: KlingResponse, submission: Submission) -> ProviderError:
    """1202 is about the HTTP method: a defect of ours, and not a missing model."""
    logger.error("request was incomplete", extra={"video_id": submission.video_id, "path": submission.path})
    return Refused(str(response), failure=failure_messages.malformed("Kling"))


def _parameter_failure(response: KlingResponse, submission: Submission) -> Failure:
    message = response.message.lower()
    if refusal_words.meaning(message, submission.body) == "capability":
        logger.error("combination refused", extra={"video_id": submission.video_id, "path": submission.path})
        return failure_messages.combination_not_served("Kling")
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
    _MODEL_NOT_ALLOWED: _invalid,  # and 1203: only with words about a combination, else the model is refused
    1200: _invalid,
    1201: _invalid_or_duplicate,
    1202: _wrong_method,
    1203: _invalid,
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
    message="Kling cannot use this image. Choose a clear JPEG or PNG, at least 300 pixels on each side.",
)
_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Kling could not generate this video. Try again; if it fails again, change the prompt or the image.",
)
