"""What Higgsfield's refusals and failures mean: for money, and in words that a person can act on.

The HTTP status alone does not decide: a full account comes as a 400, a key that was used for another request as a 422,
and only the words tell them from bad parameters. https://docs.higgsfield.ai/docs/concepts/errors
"""

import re

from keepreel.db.status import TaskStatus
from keepreel.errors import AccountProblem, Busy, ErrorCode, Failure, OutcomeUnknown, ProviderError, Refused
from keepreel.providers import failure_messages
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield.client import Answer
from keepreel.settings import settings

_ACCOUNT_PROBLEMS = {
    401: "the keys were not accepted",
    403: "the account is out of credits, or may not use this",
}
# Higgsfield takes nothing then. 423 is a model that is blocked for a while: whoever waits gets the video, unasked.
_LATER = (423, 429, 503)
# What a gateway may say of a request that arrived, or the API of one that is still at work under the same key.
_UNCLEAR = (408, 409, 425)

_FULL = re.compile(r"concurren")
_USED_BEFORE = re.compile(r"idempot|original request")
# A message on the model may name a kind of video, and so an image, in passing.
_NOT_THE_IMAGE = re.compile(r"model|image.to.video")


def account_problem(answer: Answer) -> AccountProblem | None:
    """The operator's problem, if that is what an answer tells."""
    if not answer.is_own_error or answer.http_status not in _ACCOUNT_PROBLEMS:
        return None
    return AccountProblem(f"{answer}: {_ACCOUNT_PROBLEMS[answer.http_status]}")


def is_later(answer: Answer) -> bool:
    """Whether nothing was taken, and the same may be asked again."""
    is_full = answer.http_status == 400 and _FULL.search(answer.words.lower()) is not None
    return answer.is_own_error and (is_full or answer.http_status in _LATER)


def is_final(answer: Answer) -> bool:
    """Whether nothing was taken, and the same would be refused again."""
    is_refusal = 400 <= answer.http_status < 500 and answer.http_status not in _UNCLEAR
    return answer.is_own_error and is_refusal and not is_later(answer) and not _is_used_before(answer)


def refusal(answer: Answer, submission: Submission) -> ProviderError:
    """What an answer to a submit means when it names no request. Whatever is not clearly a refusal is unknown."""
    if problem := account_problem(answer):
        return problem
    if is_later(answer):
        return Busy(str(answer))
    if not is_final(answer):
        return OutcomeUnknown(str(answer))
    return Refused(str(answer), failure=_why_refused(answer, submission))


def failure(status: TaskStatus, reason: str) -> Failure:
    """Why a task that Higgsfield had taken ended without a video; its status says more than its words."""
    words = reason.lower()
    if status == TaskStatus.REJECTED:
        return failure_messages.output_rejected("Higgsfield")
    if status == TaskStatus.CANCELED:
        return _CANCELED
    if failure_messages.CONTENT.search(words):
        return failure_messages.withheld(words, provider="Higgsfield")
    return _UNUSABLE_IMAGE if failure_messages.IMAGE.search(words) else _FAILED


def _is_used_before(answer: Answer) -> bool:
    """A request of ours is there under the key, and it is not this one; so there must never be a second key."""
    return answer.http_status in (400, 422) and _USED_BEFORE.search(answer.words.lower()) is not None


def _why_refused(answer: Answer, submission: Submission) -> Failure:
    words, is_from_image = answer.words.lower(), "image_url" in submission.body
    if answer.http_status == 404:
        return _no_such_model(submission)
    if failure_messages.CONTENT.search(words):
        return failure_messages.against_rules(words, provider="Higgsfield", is_from_image=is_from_image)
    if is_from_image and failure_messages.IMAGE.search(words) and not _NOT_THE_IMAGE.search(words):
        return _UNUSABLE_IMAGE
    return failure_messages.not_accepted("Higgsfield")


def _no_such_model(submission: Submission) -> Failure:
    """Two rows may stand for one path: the owner's model is asked for where the operator says."""
    refused = submission.path.strip("/").removesuffix("/image-to-video").removesuffix("/text-to-video")
    return failure_messages.model_unavailable(
        provider="Higgsfield",
        is_from_image="image_url" in submission.body,
        is_refused=lambda model: (model.provider_model or settings().higgsfield_model_path) == refused,
    )


_UNUSABLE_IMAGE = Failure(
    code=ErrorCode.IMAGE_REJECTED,
    message="Higgsfield cannot use this image. Choose a clear JPEG or PNG and try again; nothing was charged.",
)
_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Higgsfield could not make this video, and nothing was charged. "
    "Try again; if it fails once more, change the prompt or the image.",
)
_CANCELED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="This video was canceled at Higgsfield before it was made. Nothing was charged; ask again if you want it.",
)
