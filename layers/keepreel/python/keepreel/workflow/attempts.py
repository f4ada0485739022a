"""Attempts to submit a video, on its record. This module owns every write of the attempt fields.

An attempt is written before the provider is called, and each later write is conditional on it. An attempt without a
task id has an unknown outcome.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from keepreel.aws import STORE_ERRORS
from keepreel.db import slim, video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import Failure, LostRace
from keepreel.providers.base import Submission
from keepreel.urls import MAX_URL_CHARS
from keepreel.workflow import late_refunds

_TOKEN_BYTES = 12
_MAX_STORED_CHARS = 4096  # fits a prompt; a longer value (an image's Base64) is hashed because an item holds 400 KB


def begin(video: Video, submission: Submission, *, number: int) -> None:
    """Record an attempt. Raises LostRace if another worker has begun one; its outcome is then looked up as usual.

    If only the reply to our own write was lost, the record has this call's token, and the attempt is ours.
    """
    unchanged = _is_same_attempt(video) if video.attempt_token else Video.attempt_token.does_not_exist()
    now = datetime.now(UTC)
    times = [Video.first_attempted_at.set(now), Video.attempted_at.remove()] if number == 1 else [_attempted(now)]
    _take(
        video,
        [
            *times,
            Video.sent_request.set(slim.packed(_stored(submission), video)),
            Video.attempts.set(number),
            Video.lookups_missed.remove(),
        ],
        unchanged,
        Video.provider_task_id.does_not_exist(),
        Video.error_code.does_not_exist(),  # a video fails as unsent or has an attempt, never both
        _has_same_slot(video),
    )


def renew(video: Video) -> None:
    """Renew the attempt's token before a resend. Raises LostRace if another worker is about to resend."""
    _take(video, [_attempted(datetime.now(UTC))], _has_no_task(video))


def _take(video: Video, actions: list[Action], *conditions: Condition) -> None:
    """Write a new token with these actions, and refresh `video`. Only this call knows the token."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    try:
        video_records.update(video, [Video.attempt_token.set(token), *actions], *conditions)
    except LostRace:  # `video` was refreshed
        if not _is_ours(video, token):
            raise
    except STORE_ERRORS:
        video_records.refresh(video)
        if not _is_ours(video, token):
            raise


def _is_ours(video: Video, token: str) -> bool:
    is_open = video.status in UNFINISHED and video.provider_task_id is None and video.error_code is None
    return is_open and video.attempt_token == token


@late_refunds.proves_nothing_was_accepted
def undo(video: Video, more: Sequence[Action] = ()) -> None:
    """Remove an attempt that was certainly not accepted. An earlier attempt with an unknown outcome is kept.

    Without an earlier attempt the video lets its slot go and waits again, with `more` written to its record.
    """
    earlier = int(video.attempts) - 1  # set, not added: a repeated write must not subtract twice
    is_unchanged = _is_same_attempt(video) & (Video.attempts == video.attempts)
    if earlier or not video.slot_token:
        actions = [Video.attempts.set(earlier), Video.lookups_missed.remove()] if earlier else _removed()
        video_records.update(video, actions, is_unchanged)
    else:
        video_records.put_back(video, [*_removed(), *more], is_unchanged)


def bind_task(video: Video, task_id: str) -> bool:
    """Store the task id and change the status to `processing`. Return False if the video was deleted or canceled.

    The task id is stored in this case too, because the task may be charged.
    """
    task = [
        Video.provider_task_id.set(task_id),
        Video.submitted_at.set(datetime.now(UTC)),
        Video.is_probe.remove(),
        *_settled(),
    ]
    has_no_task = Video.provider_task_id.does_not_exist()
    try:
        video_records.transition(video, to=Status.PROCESSING, actions=task, condition=has_no_task)
    except LostRace:
        if video.provider_task_id is None:
            video.update(actions=task, condition=has_no_task & (Video.video_id == video.video_id))
            return False
    return True


def record_uploaded_image(video: Video, key: str, url: str) -> None:
    """Record an image's URL at the provider. An URL that a concurrent worker's write loses is uploaded again."""
    if key == video.source_image:
        video_records.update(video, [Video.hosted_image_url.set(url)])
    else:
        video_records.update(video, [Video.hosted_images.set({**(video.hosted_images or {}), key: url})])


def count_missed_lookup(video: Video) -> None:
    missed = int(video.lookups_missed)  # the condition: a repeated write must not count twice
    is_unchanged = Video.lookups_missed == missed
    if not missed:
        is_unchanged |= Video.lookups_missed.does_not_exist()
    video_records.update(video, [Video.lookups_missed.set(missed + 1)], _is_same_attempt(video), is_unchanged)


def record_refused_resend(video: Video) -> None:
    """Record when a resend was refused, unless an earlier one was."""
    first_refused_at = Video.first_refused_at.set(Video.first_refused_at | datetime.now(UTC))
    video_records.update(video, [first_refused_at], _has_no_task(video))


def record_refusal(video: Video, failure: Failure, *, number: int) -> None:
    """Record why an attempt was refused, without failing the video: an earlier attempt may have been accepted."""
    video_records.update(
        video,
        [
            Video.refusal_code.set(failure.code),
            Video.refusal_message.set(failure.message),
            _attempted(datetime.now(UTC)),
            Video.attempts.set(number),
            Video.lookups_missed.remove(),
        ],
        _is_same_attempt(video),
    )


def fail_unsent(video: Video, failure: Failure) -> None:
    """Fail a video that has neither an attempt nor a task, so it was certainly not charged."""
    video_records.record_failure(
        video, failure.uncharged(), Video.attempt_token.does_not_exist(), Video.provider_task_id.does_not_exist()
    )


@late_refunds.proves_nothing_was_accepted
def fail_refused(video: Video, failure: Failure) -> None:
    """Fail a refused video and remove its attempt: without attempt and task, it counts as not charged."""
    video_records.record_failure(video, failure.uncharged(), _is_same_attempt(video), actions=_removed())


def fail_unconfirmed(video: Video, failure: Failure) -> None:
    """Fail a video whose task was never found. Its attempt is kept, because the task may have been charged."""
    video_records.record_failure(video, failure, _has_no_task(video))


def _attempted(now: datetime) -> Action:
    """Return the update that stores when a later attempt was made. The first one's time is `first_attempted_at`."""
    action: Action = Video.attempted_at.set(now)
    return action


def _removed() -> list[Action]:
    token = [Video.attempt_token.remove(), Video.first_attempted_at.remove(), Video.attempted_at.remove()]
    return [*token, Video.attempt_request.remove(), Video.sent_request.remove()]


def _settled() -> list[Action]:
    """Return the removal of what is needed only to find a task. Its request stays, for polls and prices."""
    times = [Video.first_attempted_at.remove(), Video.attempted_at.remove(), Video.first_refused_at.remove()]
    return [*times, Video.lookups_missed.remove()]


def _is_same_attempt(video: Video) -> Condition:
    condition: Condition = Video.attempt_token == video.attempt_token
    return condition


def _has_same_slot(video: Video) -> Condition:
    """Require the slot that the video had when it was read, so that no video is sent that waits again."""
    condition: Condition = (
        # None: it lost its slot while the outcome of its attempt was unknown.
        Video.slot_token == video.slot_token
        if video.slot_token
        else Video.slot_token.does_not_exist() & Video.waiting_queue.does_not_exist()
    )
    return condition


def _has_no_task(video: Video) -> Condition:
    """Require that no other worker has found the task or resent the attempt."""
    condition: Condition = _is_same_attempt(video) & Video.provider_task_id.does_not_exist()
    return condition


def _stored(submission: Submission) -> str:
    body = _shortened(submission.body)
    return json.dumps({"path": submission.path, "body": body, "is_whole": body == submission.body})


def _shortened(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, str) and len(value) > (MAX_URL_CHARS if value.startswith("https://") else _MAX_STORED_CHARS):
        return f"sha256:{sha256(value.encode()).hexdigest()}"
    return value
