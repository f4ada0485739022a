"""Share links: a video's public page under 128 bits that nobody can guess, and that can be revoked.

The video's record keeps a nonce, and a token is our signature over it: so the same link can be shown again, and
whoever reads our tables can open nothing by them. What a token opens is found by its hash.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel import signing
from keepreel.db import transactions, video_records
from keepreel.db.status import Status
from keepreel.db.tables import Share, Video
from keepreel.db.transactions import Canceled
from keepreel.errors import NotFound, NotReady, StoreUnavailable
from keepreel.media import storage
from keepreel.videos import queries, stats

_TOKEN = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")  # 16 bytes in base64url; two bits are left for the last character
_TRIES = 4


@dataclass(frozen=True, kw_only=True)
class Link:
    url: str
    expires_at: datetime | None


def share(video: Video, *, days: int | None) -> Link:
    """The video's link, which is made if there is no good one. Raises NotFound, NotReady, StoreUnavailable.

    In `days` it expires; None leaves that as it is, and a new link good until it is revoked.
    """
    expires_at = None if days is None else datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    for _ in range(_TRIES):
        if video.status != Status.COMPLETED:
            raise NotReady(f"This video is {video.status}; it can be shared once it is completed.")
        try:
            return _shown_again(video, expires_at=expires_at) or _made(video, expires_at=expires_at)
        except Canceled:  # it was shared or revoked meanwhile
            video = queries.one(owner=video.owner, video_id=video.video_id)
    raise StoreUnavailable(f"{video.video_id} is shared and revoked all the time")


def revoke(video: Video) -> None:
    """Closes the video's link at once, if it has one. Again, it changes nothing."""
    nonce = video.share_nonce
    if nonce is None:
        return
    kept = Share(_hash(_token(video.video_id, nonce)))

    def fill(transaction: TransactWrite) -> None:
        transaction.delete(kept)
        transaction.update(video, actions=[Video.share_nonce.remove()], condition=Video.share_nonce == nonce)

    with suppress(Canceled):  # another one has revoked it, or the video is gone
        transactions.write(fill)


def opened(token: str) -> Video:
    """The video that a link opens. Raises NotFound, the same for whatever reason it opens nothing."""
    share = _good(token)
    if share is None:
        raise NotFound("There is no such video.")
    video = video_records.get(owner=share.owner, video_id=share.video_id)
    if video.status != Status.COMPLETED or not _is_token_of(video, token):
        raise NotFound("There is no such video.")
    return video


def url(token: str) -> str:
    return f"{storage.public_base()}/s/{token}"


def _shown_again(video: Video, *, expires_at: datetime | None) -> Link | None:
    """The link that there is, while it is good. Raises Canceled when it has been revoked meanwhile."""
    token = video.share_nonce and _token(video.video_id, video.share_nonce)
    share = _good(token) if token else None
    if token is None or share is None:
        return None
    if expires_at is not None:
        action, exists = Share.expires_at.set(expires_at), Share.token_hash.exists()
        transactions.write(lambda transaction: transaction.update(share, actions=[action], condition=exists))
    return Link(url=url(token), expires_at=expires_at or share.expires_at)


def _made(video: Video, *, expires_at: datetime | None) -> Link:
    """A new link, in one transaction: there is none that opens without being revocable, nor one that is not counted.

    Raises Canceled when the video was changed meanwhile.
    """
    nonce = secrets.token_hex(16)
    token = _token(video.video_id, nonce)
    share = Share(
        token_hash=_hash(token),
        owner=video.owner,
        video_id=video.video_id,
        created_at=datetime.now(UTC),
        expires_at=expires_at,
    )
    # An expired link leaves its nonce, and never comes to life again.
    is_as_read = (
        Video.share_nonce.does_not_exist() if video.share_nonce is None else Video.share_nonce == video.share_nonce
    )

    def fill(transaction: TransactWrite) -> None:
        transaction.save(share, condition=Share.token_hash.does_not_exist())
        stats.count_share(transaction, video, actions=[Video.share_nonce.set(nonce)], condition=is_as_read)

    transactions.write(fill)
    return Link(url=url(token), expires_at=expires_at)


def _good(token: str) -> Share | None:
    """What is known of a token, unless it has expired: DynamoDB takes its time to remove what has."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        share = Share.get(_hash(token), consistent_read=True)
    except DoesNotExist:
        return None
    return share if share.expires_at is None or share.expires_at > datetime.now(UTC) else None


def _is_token_of(video: Video, token: str) -> bool:
    nonce = video.share_nonce
    return nonce is not None and hmac.compare_digest(_token(video.video_id, nonce), token)


def _token(video_id: str, nonce: str) -> str:
    return urlsafe_b64encode(signing.signature("share", video_id, nonce)[:16]).decode().rstrip("=")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
