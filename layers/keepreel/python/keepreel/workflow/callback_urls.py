"""Callback URLs: where a provider reports that a task has ended. The URL's token names the video, and is signed.

A forged token costs no read. The URL of a video is always the same, because it is part of the request that is sent
again under the same key.
"""

import hmac
from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

from keepreel import signing
from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.errors import NotFound
from keepreel.logs import logger
from keepreel.media import origins
from keepreel.providers import registry
from keepreel.settings import settings

_SIGNATURE_BYTES = 16
_MAX_TOKEN_CHARS = 400  # an owner and an id have a tenth of it


def of_video(video: Video) -> str | None:
    """Return the URL that the video's provider should call; None if callbacks are off or there is no public URL.

    A provider's own servers cannot reach this machine, so a local URL is sent to a simulator only. Never raises: a
    submit does not fail because of a callback.
    """
    if not settings().callbacks:
        return None
    try:
        base = origins.public()
        if not _is_reachable(base, provider=video.provider):
            return None
        return f"{base}/callbacks/{video.provider}/{_token(video.provider, owner=video.owner, video_id=video.video_id)}"
    except STORE_ERRORS as error:
        logger.warning("no callback URL", extra={"video_id": video.video_id, "reason": type(error).__name__})
        return None


def video_of(provider: str, token: str) -> tuple[str, str]:
    """Return the owner and the id of the video that a token names. Raises NotFound for a forged one."""
    owner, video_id = _named(token)
    if provider not in registry.PROVIDERS or not hmac.compare_digest(
        _token(provider, owner=owner, video_id=video_id).encode(), token.encode()
    ):
        raise NotFound("There is nothing at this address.")
    return owner, video_id


def _token(provider: str, *, owner: str, video_id: str) -> str:
    signature = signing.signature("callback", provider, owner, video_id)[:_SIGNATURE_BYTES]
    return f"{signing.name_in_url(owner=owner, video_id=video_id)}.{signing.encoded(signature)}"


def _named(token: str) -> tuple[str, str]:
    name, dot, _ = token.partition(".")
    try:
        if not dot or len(token) > _MAX_TOKEN_CHARS:
            raise ValueError
        video_id, bar, owner = urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode().partition("|")
    except ValueError:  # of Base64 and UTF-8, too
        raise NotFound("There is nothing at this address.") from None
    if not (bar and video_id and owner):
        raise NotFound("There is nothing at this address.")
    return owner, video_id


def _is_reachable(base: str, *, provider: str) -> bool:
    return base.startswith("https://") or (_is_local(base) and _is_local(registry.info(provider).base_url()))


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost")
