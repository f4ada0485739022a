"""The intent to submit, on a video's record: taken before the provider is called, and each further write held to it.

An intent without a task id means that the outcome is unknown.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.providers.base import Submission

_LONGEST_KEPT_VALUE = 4096  # a prompt fits; an image's base64 is kept as its hash, since an item holds 400 KB


def take(video: Video, submission: Submission, *, attempts: int) -> None:
    """Raises LostRace when another worker has taken it; that worker's outcome is then looked up like any other."""
    unchanged = (
        Video.attempt_token == video.attempt_token if video.attempt_token else Video.attempt_token.does_not_exist()
    )
    now = datetime.now(UTC)
    first = [Video.first_attempted_at.set(now)] if attempts == 1 else []
    video_records.update(
        video,
        [
            *first,
            Video.attempt_token.set(secrets.token_hex(16)),
            Video.attempted_at.set(now),
            Video.attempt_request.set(_kept(submission)),
            Video.attempts.set(attempts),
            Video.lookups_missed.set(0),
        ],
        unchanged,
        Video.provider_task_id.does_not_exist(),
        Video.error_code.does_not_exist(),  # a verdict on an unsent video and an intent exclude each other
    )


def renew(video: Video) -> None:
    """Raises LostRace when another worker is about to send it again."""
    anew = [Video.attempt_token.set(secrets.token_hex(16)), Video.attempted_at.set(datetime.now(UTC))]
    video_records.update(video, anew, unbound(video))


def undo(video: Video) -> None:
    """After an attempt that was surely not accepted; an earlier one of unknown outcome stays to be looked for."""
    actions = removed() if video.attempts == 1 else [Video.attempts.add(-1), Video.lookups_missed.set(0)]
    video_records.update(video, actions, Video.attempt_token == video.attempt_token)


def removed() -> list[Action]:
    """What leaves the record with an intent that came to nothing."""
    return [Video.attempt_token.remove(), Video.attempted_at.remove(), Video.attempt_request.remove()]


def unbound(video: Video) -> Condition:
    """Nobody else has found its task meanwhile, nor sent it again."""
    is_unchanged = Video.attempt_token == video.attempt_token
    condition: Condition = is_unchanged & Video.provider_task_id.does_not_exist()
    return condition


def _kept(submission: Submission) -> str:
    body = _shortened(submission.body)
    return json.dumps({"path": submission.path, "body": body, "is_whole": body == submission.body})


def _shortened(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, str) and len(value) > _LONGEST_KEPT_VALUE:
        return f"sha256:{sha256(value.encode()).hexdigest()}"
    return value
