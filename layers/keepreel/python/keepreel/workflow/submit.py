"""Submit a video to its provider. Write the attempt first, so that no crash can cause a second charge.

If an attempt has no task id, its outcome is unknown, and Keepreel looks the task up. The same job is sent again
under the same id only after the provider has answered "not found" twice, well after the request must have ended.
"""

import time
from dataclasses import replace

from keepreel import pause
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import (
    AccountProblem,
    BadImage,
    Busy,
    ErrorCode,
    Failure,
    NoConnection,
    OutcomeUnknown,
    Refused,
    RefusedOrKnown,
    Unreachable,
)
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.workflow import (
    attempts,
    deadlines,
    failures,
    intervals,
    job_images,
    late_refunds,
    provider_job,
    refusals,
    slot_steps,
)
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.job_images import JobImage
from keepreel.workflow.step import Step

_MISSED_LOOKUPS_BEFORE_RESEND = 2
# After this many attempts Keepreel only looks the task up, until the video times out: a provider that never
# finds our jobs cannot be trusted to refuse a duplicate either.
_MAX_ATTEMPTS = 6
_MAX_UPLOAD_SECONDS = 5  # leaves a submit its time within the function's timeout


def submit(video: Video) -> Step:
    """Submit the video at most once, even after a crash or a lost response. Safe to run at any time and in parallel."""
    if video.status == Status.COMPLETED and video.is_signing_due:
        return Step(status=Status.SAVING)  # its file is signed by the step that saves
    if video.error_code or video.status not in UNFINISHED:
        return Step(status=Status.FAILED if video.error_code else Status(video.status))
    if video.status == Status.SAVING:
        return Step(status=Status.SAVING)
    if video.provider_task_id:
        return Step(status=Status.PROCESSING)
    if video.attempt_token:
        return slot_steps.end_outage(video, _settle(video))
    if pause.is_paused():  # before the deadline, because a pause must not fail a video
        return slot_steps.wait_until_resumed(video)
    if deadlines.is_timed_out(video):
        return _fail_unsent(video, failures.NEVER_SUBMITTED)
    if video.slot_token is None:
        return slot_steps.wait_for_slot(video)
    if failure := refusals.known_refusal(video):
        return _fail_unsent(video, failure)
    return _attempt(video, number=1)


def _attempt(video: Video, *, number: int) -> Step:
    try:
        if registry.info(video.provider).uploads_images and (step := _upload_images(video)):
            return step
        job = provider_job.with_image(video)
    except BadImage as error:
        failure = Failure(code=ErrorCode.IMAGE_REJECTED, message=f"{error} Nothing was charged.")
        return _fail_unsent(video, failure) if number == 1 else _keep_refusal(video, failure, number=number)
    submission = registry.adapter(video.provider).prepare(job)
    attempts.begin(video, submission, number=number)  # before the call: a crash from here on is an unknown outcome
    if deadlines.is_stale(video):
        logger.warning("attempt stalled", extra={"video_id": video.video_id})
        attempts.undo(video)  # nothing was sent
        return slot_steps.wait_again(video)
    try:
        task_id = registry.adapter(video.provider).submit(submission)
    except Refused as refusal:
        refusals.remember(video, refusal)
        return _refused(video, refusal.failure, is_proof=not isinstance(refusal, RefusedOrKnown))
    except AccountProblem as problem:
        alert_operator(video, problem)
        return _refused(video, failures.ACCOUNT_PROBLEM, is_proof=True)
    except Busy as busy:
        logger.info("provider busy", extra={"video_id": video.video_id, "reason": str(busy)})
        slot_steps.undo_busy_attempt(video, busy)
        return slot_steps.wait_again(video)
    except OutcomeUnknown as unknown:
        logger.warning("submit outcome unknown", extra={"video_id": video.video_id, "reason": str(unknown)})
        slot_steps.count_no_answer(video)
        return _look_up_later(video)
    return _bind(video, task_id)


def _upload_images(video: Video) -> Step | None:
    """Upload our images to the provider, so that no URL of our bucket is sent. Raises BadImage.

    Return None if the submit may follow. If the uploads were slow, or one failed, it follows in another run of this
    step, which then has its full timeout.
    """
    started = time.monotonic()
    while image := job_images.not_hosted(video):
        if step := _upload_image(video, image):
            return step
        if time.monotonic() - started > _MAX_UPLOAD_SECONDS:
            return Step(status=Status.QUEUED)
    return None


def _upload_image(video: Video, image: JobImage) -> Step | None:
    """Upload one image and return None, or the step to go to if it was not uploaded. Raises BadImage."""
    content = job_images.prepared(video, image)
    try:
        url = registry.adapter(video.provider).upload_image(content)
    except Refused as refusal:
        return _fail_unsent(video, refusal.failure)
    except AccountProblem as problem:
        alert_operator(video, problem)
        return _fail_unsent(video, failures.ACCOUNT_PROBLEM)
    except Busy as busy:
        logger.info("image upload failed", extra={"video_id": video.video_id, "reason": str(busy)})
        if isinstance(busy, NoConnection):
            slot_steps.count_no_answer(video)
        return slot_steps.wait_or_delay(video, intervals.before_resubmit())
    attempts.record_uploaded_image(video, image.key, url)
    return None


def _settle(video: Video) -> Step:
    """Find the task of an attempt whose outcome is unknown."""
    return _resend(video) if registry.info(video.provider).find_by_resend else _look_up(video)


def _look_up(video: Video) -> Step:
    try:
        task_id = registry.adapter(video.provider).find(provider_job.without_image(video))
    except (Unreachable, AccountProblem) as error:
        return _no_response(video, error)
    if task_id:
        return _bind(video, task_id)
    if not deadlines.has_settled(video):  # before that, "not found" proves nothing
        return _look_up_later(video)
    attempts.count_missed_lookup(video)
    if video.lookups_missed < _MISSED_LOOKUPS_BEFORE_RESEND or deadlines.is_timed_out(video):
        return _look_up_later(video)
    return _absent(video)


def _resend(video: Video) -> Step:
    """Resend the same request under the same key, to a provider that then returns its first response and has no lookup.

    Concurrent resends are not documented as safe. Wait until the previous request must have ended, then renew the
    attempt's token.

    A refused resend does not prove that the first request was refused: it may have been accepted, and the resend may
    fail a check that runs before the check of the key. So a refusal counts only if it lasts, and even then the video
    stays in the day's usage as charged.
    """
    if not deadlines.has_settled(video) or pause.is_paused():  # a resend may be the first one to arrive
        return _look_up_later(video)
    attempts.renew(video)
    try:
        task_id = registry.adapter(video.provider).find(provider_job.without_image(video))
    except Refused as refusal:
        logger.warning("resend refused", extra={"video_id": video.video_id, "reason": str(refusal)})
        attempts.record_refused_resend(video)
        refusals.remember(video, refusal)
        if not deadlines.is_refusal_permanent(video):
            return _look_up_later(video)
        return _fail_unconfirmed(video, replace(failures.REFUSED_AGAIN, code=refusal.failure.code))
    except (Unreachable, AccountProblem) as error:
        return _no_response(video, error)
    except OutcomeUnknown as unknown:
        logger.error("submit outcome stays unknown", extra={"video_id": video.video_id, "reason": str(unknown)})
        return _fail_unconfirmed(video, failures.NEVER_CONFIRMED)
    return _bind(video, task_id) if task_id else _look_up_later(video)


def _no_response(video: Video, error: Unreachable | AccountProblem) -> Step:
    logger.warning("lookup got no response", extra={"video_id": video.video_id, "reason": str(error)})
    if isinstance(error, AccountProblem):
        alert_operator(video, error)
    return _look_up_later(video)


def _absent(video: Video) -> Step:
    """The provider has no task of ours: fail with the refusal of a later attempt, or make another attempt."""
    if video.refusal_code:
        failure = Failure(code=ErrorCode(video.refusal_code), message=video.refusal_message or "")
        return _fail_refused(video, failure)
    if video.attempts < _MAX_ATTEMPTS and not pause.is_paused():
        return _attempt(video, number=int(video.attempts) + 1)
    return _look_up_later(video)


def _refused(video: Video, failure: Failure, *, is_proof: bool) -> Step:
    """Fail the video at once only if the refusal proves that the provider has no task of ours."""
    if video.attempts == 1 and is_proof:
        return _fail_refused(video, failure)
    return _keep_refusal(video, failure, number=int(video.attempts))


def _keep_refusal(video: Video, failure: Failure, *, number: int) -> Step:
    """Keep the refusal until lookups show that no earlier attempt was accepted, and that this one is not known."""
    attempts.record_refusal(video, failure, number=number)
    return _look_up_later(video)


def _bind(video: Video, task_id: str) -> Step:
    if not slot_steps.bind_task(video, task_id):
        late_refunds.cancel_task(video)
    if video.provider_task_id != task_id:
        logger.error("two tasks for one video", extra={"video_id": video.video_id, "task_id": task_id})
    logger.info("submitted", extra={"video_id": video.video_id, "provider": video.provider, "task_id": task_id})
    return Step(status=Status(video.status), wait_seconds=intervals.before_poll(video))


def _fail_unsent(video: Video, failure: Failure) -> Step:
    attempts.fail_unsent(video, failure)
    slot_steps.end_probe(video)
    return Step(status=Status.FAILED)


def _fail_refused(video: Video, failure: Failure) -> Step:
    attempts.fail_refused(video, failure)
    slot_steps.end_probe(video)
    return Step(status=Status.FAILED)


def _fail_unconfirmed(video: Video, failure: Failure) -> Step:
    attempts.fail_unconfirmed(video, failure)
    return Step(status=Status.FAILED)


def _look_up_later(video: Video) -> Step:
    if deadlines.is_timed_out(video):
        return _fail_unconfirmed(video, failures.NEVER_CONFIRMED)
    return slot_steps.wait_or_delay(video, intervals.before_lookup(video))
