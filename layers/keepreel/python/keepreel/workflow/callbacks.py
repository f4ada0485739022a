"""Callbacks of providers: hints that a task may have ended. Each one triggers a poll, at most.

Nothing in a callback's body is trusted, stored or logged. The poll asks the provider, as without a callback.
"""

import json
import time
from collections.abc import Mapping
from hashlib import sha256

from keepreel import aws, metrics
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import BadSignature, NotFound, NotReady
from keepreel.logs import logger
from keepreel.providers import registry, webhook_signature
from keepreel.settings import poll_function
from keepreel.workflow import callback_urls

_REPEAT_SECONDS = 10
_RUNNING_WORDS = ("submitted", "queued", "pending", "processing", "in_progress")

_polled: dict[tuple[str, bytes], float] = {}  # when this process started a poll, by video and hash of the body


def receive(provider: str, token: str, *, headers: Mapping[str, str], content: bytes) -> bool:
    """Start a poll of the video that the token names, and return whether it needed one.

    `headers` have lower-case names. Raises NotFound for a forged token and BadSignature, both before anything is read;
    NotReady while there is no task to poll, so that the provider calls again; and STORE_ERRORS.
    """
    owner, video_id = callback_urls.video_of(provider, token)
    _check_signature(provider, headers, content, video_id=video_id)
    if _says_running(content) or _is_repeated(video_id, content):
        return False
    try:
        video = video_records.get(owner=owner, video_id=video_id)
    except NotFound:
        return False
    if video.error_code or video.status not in (Status.QUEUED, Status.PROCESSING, Status.DELAYED):
        return False
    if video.provider_task_id is None:
        if video.attempt_token:  # the provider is faster than the write of its task id
            raise NotReady("The task is not known yet.")
        return False
    _start_poll(video)
    _polled[video_id, sha256(content).digest()] = time.monotonic()
    return True


def _check_signature(provider: str, headers: Mapping[str, str], content: bytes, *, video_id: str) -> None:
    """Raise BadSignature, unless the provider does not sign or the operator has set no secret of it."""
    name = registry.info(provider).webhook_secret_name()
    if name and not webhook_signature.is_valid(_secrets(name), headers, content):
        logger.error("callback signature invalid", extra={"provider": provider, "video_id": video_id})
        metrics.count("CallbackRejected")
        raise BadSignature("The signature is missing, wrong or too old.")


def _secrets(name: str) -> list[str]:
    """Return the secrets of `{"secrets": [...]}` or `{"secret": "..."}`; several of them during a rotation."""
    stored = aws.secret(name)
    return [str(it) for it in stored.get("secrets") or [stored.get("secret", "")]]


def _says_running(content: bytes) -> bool:
    """Return whether the body says that the task runs on. A body that cannot be read may mean that it has ended."""
    try:
        body = json.loads(content)
        word = body.get("task_status") or body.get("status")
    except (ValueError, AttributeError, RecursionError):
        return False
    return isinstance(word, str) and word.strip().lower() in _RUNNING_WORDS


def _is_repeated(video_id: str, content: bytes) -> bool:
    """Return whether the same callback has just started a poll here, which may still run."""
    oldest = time.monotonic() - _REPEAT_SECONDS
    for key in [key for key, started_at in _polled.items() if started_at <= oldest]:
        del _polled[key]
    return (video_id, sha256(content).digest()) in _polled


def _start_poll(video: Video) -> None:
    aws.invoke_later(poll_function(), {"owner": video.owner, "video_id": video.video_id, "is_callback": True})
