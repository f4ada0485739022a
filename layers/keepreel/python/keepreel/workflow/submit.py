"""The paid submit: intent, then the provider, then its task id, so that no crash can make us pay twice.

An intent without a task id means that the outcome is unknown. Then the provider is asked whether it has the job; only
when it has said no twice, well after the request must have ended, is the same job sent again, under the same id.
"""

from dataclasses import replace
from datetime import UTC, datetime

from keepreel.db import video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import (
    AccountProblem,
    BadImage,
    Busy,
    ErrorCode,
    Failure,
    LostRace,
    OutcomeUnknown,
    Refused,
    RefusedOrKnown,
    Unreachable,
)
from keepreel.logs import logger
from keepreel.providers.base import provider
from keepreel.workflow import attempts as intents
from keepreel.workflow import provider_job, timing
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.step import Step

_LOOKUPS_BEFORE_ABSENT = 2
# Beyond this we only look, until the video is given up: a provider that never shows us our jobs is not to be trusted
# to refuse a duplicate either.
_MOST_ATTEMPTS = 6


def submit(video: Video) -> Step:
    """Gets the video to the provider once, whatever happened before. May be run at any time and in parallel."""
    if video.error_code or video.status not in UNFINISHED:
        return Step(status=Status.FAILED if video.error_code else Status(video.status))
    if video.status == Status.SAVING:
        return Step(status=Status.SAVING)
    if video.provider_task_id:
        return Step(status=Status.PROCESSING)
    if video.attempt_token:
        return _settle(video)
    if timing.is_given_up(video):
        return _fail_unsent(video, _NEVER_SENT)
    return _attempt(video, attempts=1)


def _attempt(video: Video, *, attempts: int) -> Step:
    try:
        job = provider_job.with_image(video)
    except BadImage as error:
        failure = Failure(code=ErrorCode.IMAGE_REJECTED, message=f"{error} Nothing was charged.")
        return _fail_unsent(video, failure) if attempts == 1 else _refused_later(video, failure, attempts=attempts)
    if isinstance(job.image, bytes) and provider(video.provider).HOSTS_IMAGES:
        return _host(video, job.image)
    submission = provider(video.provider).prepare(job)
    intents.take(video, submission, attempts=attempts)  # before the call: a crash from here on is an unknown outcome
    try:
        task_id = provider(video.provider).submit(submission)
    except Refused as refusal:
        return _refused(video, refusal.failure, is_proof=not isinstance(refusal, RefusedOrKnown))
    except AccountProblem as problem:
        alert_operator(video, problem)
        return _refused(video, _ACCOUNT_PROBLEM, is_proof=True)
    except Busy as busy:
        logger.info("provider busy", extra={"video_id": video.video_id, "reason": str(busy)})
        intents.undo(video)
        return _wait_or_leave(video, timing.before_submitting_again())
    except OutcomeUnknown as unknown:
        logger.warning("outcome of the submit unknown", extra={"video_id": video.video_id, "reason": str(unknown)})
        return _look_later(video)
    return _bind(video, task_id)


def _host(video: Video, image: bytes) -> Step:
    """Puts our image at the provider's own place for it, so that no link into our bucket leaves.

    Nothing has been asked for yet. The submit follows in a run of its own, which then has all its time for it.
    """
    try:
        url = provider(video.provider).host_image(image)
    except Refused as refusal:
        return _fail_unsent(video, refusal.failure)
    except AccountProblem as problem:
        alert_operator(video, problem)
        return _fail_unsent(video, _ACCOUNT_PROBLEM)
    except Busy as busy:
        logger.info("no place for the image", extra={"video_id": video.video_id, "reason": str(busy)})
        return _wait_or_leave(video, timing.before_submitting_again())
    video_records.update(video, [Video.hosted_image_url.set(url)])
    return Step(status=Status.QUEUED)


def _settle(video: Video) -> Step:
    """Finds the job of an attempt whose outcome is unknown."""
    return _send_again(video) if provider(video.provider).FINDS_BY_SENDING else _look_up(video)


def _look_up(video: Video) -> Step:
    try:
        task_id = provider(video.provider).find(provider_job.without_image(video))
    except (Unreachable, AccountProblem) as error:
        return _no_answer(video, error)
    if task_id:
        return _bind(video, task_id)
    if not timing.has_settled(video):  # a miss before that proves nothing
        return _look_later(video)
    video_records.update(video, [Video.lookups_missed.add(1)], Video.attempt_token == video.attempt_token)
    if video.lookups_missed < _LOOKUPS_BEFORE_ABSENT or timing.is_given_up(video):
        return _look_later(video)
    return _absent(video)


def _send_again(video: Video) -> Step:
    """For a provider that answers the same request under the same key with its first answer, and can be asked no other
    way. Two at once are nobody's promise: so not while one may still be on its way, and each one takes the intent anew.

    A refusal of it is no proof about the first, which may have been taken and be refused by a check that comes before
    the look at the key. So it is believed only when it lasts, and even then the video stays counted as paid for.
    """
    if not timing.has_settled(video):
        return _look_later(video)
    intents.renew(video)
    try:
        task_id = provider(video.provider).find(provider_job.without_image(video))
    except Refused as refusal:
        logger.warning("refused when sent again", extra={"video_id": video.video_id, "reason": str(refusal)})
        video_records.update(
            video, [Video.first_refused_at.set(Video.first_refused_at | datetime.now(UTC))], intents.unbound(video)
        )
        if not timing.is_refused_for_long(video):
            return _look_later(video)
        video_records.record_failure(video, replace(_REFUSED_AGAIN, code=refusal.failure.code), intents.unbound(video))
        return Step(status=Status.FAILED)
    except (Unreachable, AccountProblem) as error:
        return _no_answer(video, error)
    except OutcomeUnknown as unknown:
        logger.error("never to be known", extra={"video_id": video.video_id, "reason": str(unknown)})
        video_records.record_failure(video, NEVER_SEEN, intents.unbound(video))
        return Step(status=Status.FAILED)
    return _bind(video, task_id) if task_id else _look_later(video)


def _no_answer(video: Video, error: Unreachable | AccountProblem) -> Step:
    logger.warning("look-up got no answer", extra={"video_id": video.video_id, "reason": str(error)})
    if isinstance(error, AccountProblem):
        alert_operator(video, error)
    return _look_later(video)


def _absent(video: Video) -> Step:
    """The provider surely has no job of ours: a later attempt's refusal counts now, or there is a further attempt."""
    if video.refusal_code:
        failure = Failure(code=ErrorCode(video.refusal_code), message=video.refusal_message or "")
        return _fail_refused(video, failure)
    if video.attempts < _MOST_ATTEMPTS:
        return _attempt(video, attempts=int(video.attempts) + 1)
    return _look_later(video)


def _refused(video: Video, failure: Failure, *, is_proof: bool) -> Step:
    """A refusal closes the video at once only where it proves that the provider has no job of ours."""
    if video.attempts == 1 and is_proof:
        return _fail_refused(video, failure)
    return _refused_later(video, failure, attempts=int(video.attempts))


def _refused_later(video: Video, failure: Failure, *, attempts: int) -> Step:
    """Keeps the refusal until look-ups have shown that no earlier attempt was accepted, nor this one known already."""
    video_records.update(
        video,
        [
            Video.refusal_code.set(failure.code),
            Video.refusal_message.set(failure.message),
            Video.attempted_at.set(datetime.now(UTC)),
            Video.attempts.set(attempts),
            Video.lookups_missed.set(0),
        ],
        Video.attempt_token == video.attempt_token,
    )
    return _look_later(video)


def _bind(video: Video, task_id: str) -> Step:
    facts = [Video.provider_task_id.set(task_id), Video.submitted_at.set(datetime.now(UTC))]
    unbound = Video.provider_task_id.does_not_exist()
    try:
        video_records.transition(video, to=Status.PROCESSING, actions=facts, condition=unbound)
    except LostRace:
        if video.provider_task_id is None:  # deleted or canceled meanwhile: keep the id of what was paid for
            video.update(actions=facts, condition=unbound & (Video.video_id == video.video_id))
            _let_go(video)
    if video.provider_task_id != task_id:
        logger.error("two tasks for one video", extra={"video_id": video.video_id, "task_id": task_id})
    logger.info("submitted", extra={"video_id": video.video_id, "provider": video.provider, "task_id": task_id})
    return Step(status=Status(video.status), wait_seconds=timing.before_first_poll(video))


def _let_go(video: Video) -> None:
    """What nobody wants any more is canceled where that is possible; it stays counted, since it was asked for."""
    try:
        provider(video.provider).cancel(provider_job.without_image(video))
    except (Unreachable, AccountProblem) as error:
        logger.warning("not let go", extra={"video_id": video.video_id, "reason": str(error)})


def _fail_unsent(video: Video, failure: Failure) -> Step:
    video_records.record_failure(video, failure.uncharged(), Video.attempt_token.does_not_exist())
    return Step(status=Status.FAILED)


def _fail_refused(video: Video, failure: Failure) -> Step:
    """The intent goes with the verdict: what has neither intent nor task was surely not charged, and is given back."""
    unchanged = Video.attempt_token == video.attempt_token
    video_records.record_failure(video, failure.uncharged(), unchanged, actions=intents.removed())
    return Step(status=Status.FAILED)


def _look_later(video: Video) -> Step:
    if timing.is_given_up(video):
        video_records.record_failure(
            video, NEVER_SEEN, intents.unbound(video)
        )  # the intent stays: it may have been charged
        return Step(status=Status.FAILED)
    return _wait_or_leave(video, timing.before_looking_again())


def _wait_or_leave(video: Video, wait_seconds: int) -> Step:
    """Waits in the workflow for five minutes; then the sweeper, which costs nothing while it waits, takes over."""
    if not timing.is_overdue(video):
        return Step(status=Status.QUEUED, wait_seconds=wait_seconds)
    video_records.transition(video, to=Status.DELAYED)
    return Step(status=Status.DELAYED)


_ACCOUNT_PROBLEM = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The video service refused our account. Nothing was charged; its operator must see to it. Try later.",
)
_NEVER_SENT = Failure(
    code=ErrorCode.PROVIDER_BUSY,
    message="The video service had no room for days. Nothing was charged; ask again or choose another model.",
)
_REFUSED_AGAIN = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The video service never confirmed this video and refused it when it was asked again. "
    "Change the prompt, the image or the model and ask anew.",
)
NEVER_SEEN = Failure(
    code=ErrorCode.TIMED_OUT,
    message="The video service never confirmed this video, and it is not sent twice. Ask again if you still want it.",
)
