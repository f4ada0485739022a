"""What Kling's refusals and failures mean: for money, and in words that a person can act on.

Neither the HTTP status nor the words decide about money, but Kling's service code: six different ones come as a 429,
and only two of those are worth a second try. https://kling.ai/document-api/api/get-started/error-codes
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
from keepreel.providers import failure_messages
from keepreel.providers.base import Submission
from keepreel.providers.kling.client import Answer

_ACCOUNT_PROBLEMS = {
    1000: "the keys were not accepted",
    1001: "no key reached Kling",
    1002: "the keys are not valid here",
    1003: "the token is not valid yet; is the clock right?",
    1004: "the token has expired; is the clock right?",
    1100: "the account is not in order",
    1101: "the account is in arrears",
    1102: "the resource pack is used up or has expired",
    1304: "our address is not on the account's allow-list",
}
_NOT_ALLOWED = 1103

_KNOWN = re.compile(r"already|duplicat")
# A message on the model or on an id of ours may name an endpoint or a kind of video, and so an image, in passing.
_NOT_THE_IMAGE = re.compile(r"model|exist|task.?id|image.to.video")


def account_problem(answer: Answer) -> AccountProblem | None:
    """The operator's problem, if that is what a look-up's answer tells."""
    problems = {**_ACCOUNT_PROBLEMS, _NOT_ALLOWED: "the account may not use this"}
    if answer.code is None or answer.code not in problems or answer.http_status >= 500:
        return None
    return AccountProblem(f"{answer}: {problems[answer.code]}")


def refusal(answer: Answer, submission: Submission) -> ProviderError:
    """What an answer to a submit means when it is not a new task. Whatever is not clearly a refusal is unknown."""
    is_client_error = 400 <= answer.http_status < 500
    if answer.code is None or answer.code == 0 or not (is_client_error or 200 <= answer.http_status < 300):
        return OutcomeUnknown(str(answer))
    if answer.code in _ACCOUNT_PROBLEMS:
        return AccountProblem(f"{answer}: {_ACCOUNT_PROBLEMS[answer.code]}")
    meaning = _MEANINGS.get(answer.code, _unlisted if is_client_error else _unknown)
    return meaning(answer, submission)


def failure(reason: str) -> Failure:
    """Why a task that Kling had taken failed, read from Kling's words, since there is no code for it."""
    words = reason.lower()
    if failure_messages.CONTENT.search(words):
        return failure_messages.withheld(words, provider="Kling")
    return _UNUSABLE_IMAGE if failure_messages.IMAGE.search(words) else _FAILED


def _unknown(answer: Answer, _: Submission) -> ProviderError:
    return OutcomeUnknown(str(answer))


def _busy(answer: Answer, _: Submission) -> ProviderError:
    return Busy(str(answer))


def _invalid(answer: Answer, submission: Submission) -> ProviderError:
    return Refused(str(answer), failure=_what_is_invalid(answer, submission))


def _invalid_or_known(answer: Answer, submission: Submission) -> ProviderError:
    """1201 is overloaded: a duplicate of our id is among what it stands for, and the words may say so."""
    if _KNOWN.search(answer.message.lower()):
        return OutcomeUnknown(f"{answer}: it may have the job already")
    return RefusedOrKnown(str(answer), failure=_what_is_invalid(answer, submission))


def _unlisted(answer: Answer, submission: Submission) -> ProviderError:
    """A code that Kling added: by its HTTP status, with a look for the task before the refusal is believed.

    A 429 in Kling's envelope is a limit by any name, so nothing was taken and waiting is the cheaper mistake.
    """
    if answer.http_status == 401:
        return AccountProblem(str(answer))
    if answer.http_status == 429:
        return Busy(str(answer))
    return RefusedOrKnown(str(answer), failure=_what_is_invalid(answer, submission))


def _against_policy(answer: Answer, submission: Submission) -> ProviderError:
    """The code does not say whether the prompt or the image offends."""
    words, is_from_image = answer.message.lower(), _is_from_image(submission)
    reason = failure_messages.against_rules(words, provider="Kling", is_from_image=is_from_image)
    return Refused(str(answer), failure=reason)


def _no_such_model(answer: Answer, submission: Submission) -> ProviderError:
    refused = submission.body.get("model_name") or submission.path.rpartition("/")[2]
    reason = failure_messages.model_unavailable(
        provider="Kling",
        is_from_image=_is_from_image(submission),
        is_refused=lambda model: model.provider_model == refused,
    )
    return Refused(str(answer), failure=reason)


def _what_is_invalid(answer: Answer, submission: Submission) -> Failure:
    words = answer.message.lower()
    if _is_from_image(submission) and failure_messages.IMAGE.search(words) and not _NOT_THE_IMAGE.search(words):
        return _UNUSABLE_IMAGE
    return failure_messages.not_accepted("Kling")


def _is_from_image(submission: Submission) -> bool:
    return submission.path.startswith(("/v1/videos/image2video", "/image-to-video/"))


_MEANINGS: dict[int, Callable[[Answer, Submission], ProviderError]] = {
    _NOT_ALLOWED: _no_such_model,
    1200: _invalid,
    1201: _invalid_or_known,
    1202: _no_such_model,
    1203: _no_such_model,
    1300: _against_policy,
    1301: _against_policy,
    1302: _busy,
    1303: _busy,
    5000: _unknown,
    5001: _unknown,  # maintenance: probably nothing was created, but nobody has confirmed it
    5002: _unknown,
}

_UNUSABLE_IMAGE = Failure(
    code=ErrorCode.IMAGE_REJECTED,
    message="Kling cannot use this image. Choose a clear JPEG or PNG, at least 300 pixels on each side, up to 10 MB.",
)
_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Kling could not make this video. Try again; if it fails once more, change the prompt or the image.",
)
