"""Share links: public URLs of a video, with an unguessable token of 128 bits that can be revoked.

The video's record has a nonce, and the token is our signature of it. So the same link can be shown again, and the
tables alone do not reveal any token. A video is found by the token's hash.
"""

import hmac
import math
import re
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel import signing
from keepreel.db import jobs, transactions, video_records
from keepreel.db.status import SHAREABLE, Status
from keepreel.db.tables import Share, Video
from keepreel.db.transactions import Canceled
from keepreel.errors import NotFound, NotReady, StoreUnavailable
from keepreel.media import origins
from keepreel.videos import queries, stats

_TOKEN = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")  # 16 bytes in base64url; the last character encodes only two bits
_MAX_TRIES = 4
# A link names the same video for ever, and its record says whether the link was revoked. Only a new expiry comes late,
# but that is a day away at least.
_REMEMBERED_SECONDS, _MAX_REMEMBERED = 300, 1000
_remembered: dict[str, tuple[float, Share]] = {}  # by the token's hash


@dataclass(frozen=True, kw_only=True)
class Link:
    url: str
    expires_at: datetime | None


def share(video: Video, *, days: int | None) -> Link:
    """Return the video's link, and create one if there is no valid one. Raises NotFound, NotReady, StoreUnavailable.

    `days` sets when the link expires. None keeps the present expiry; a new link is then valid until revoked.
    """
    expires_at = None if days is None else datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    for _ in range(_MAX_TRIES):
        if video.status not in SHAREABLE:
            raise NotReady(f"This video is {video.status}; it can be shared when it is completed.")
        try:
            return _existing_link(video, expires_at=expires_at) or _new_link(video, expires_at=expires_at)
        except Canceled:  # another request shared or revoked it
            video = queries.get(owner=video.owner, video_id=video.video_id)
    raise StoreUnavailable(f"the share link of {video.video_id} keeps changing")


def current(video: Video) -> Link | None:
    """Return the video's link if it has a valid one."""
    return _existing_link(video, expires_at=None)


def revoke(video: Video) -> None:
    """Revoke the video's link at once, if it has one, and let its files move to new keys. A second revoke is a no-op.

    The page showed the files' URLs, which would otherwise work without the link.
    """
    nonce = video.share_nonce
    for _ in range(_MAX_TRIES):
        if nonce is None or video.share_nonce != nonce:  # another request revoked it
            return
        if video.status == Status.DELETING:  # its record, which has the nonce, is removed too
            Share(_hash(_token(video.video_id, nonce))).delete()
            return
        try:
            job = _revoke(video, nonce=nonce)
        except Canceled:  # the record was changed meanwhile
            video_records.refresh(video)
        else:
            jobs.call_worker(job.kind, job.subject)
            return
    raise StoreUnavailable(f"the share link of {video.video_id} keeps changing")


def _revoke(video: Video, *, nonce: str) -> jobs.Job:
    """Remove the link and store a job, in one transaction. Raises Canceled if the record is not as read.

    Each revoke has its own job, because the job of an earlier one may still run.
    """
    new = secrets.token_hex(16)
    state: dict[str, object] = {"owner": video.owner, "old": video.media_secret, "new": new}
    job = jobs.new(jobs.NEW_KEYS, f"{video.video_id}#{new}", state=state)
    is_as_read = (Video.share_nonce == nonce) & (Video.media_secret == video.media_secret)

    def add_items(transaction: TransactWrite) -> None:
        transaction.save(job)
        transaction.delete(Share(_hash(_token(video.video_id, nonce))))
        transaction.update(video, actions=[Video.share_nonce.remove()], condition=is_as_read)

    transactions.write(add_items)
    return job


def find_video(token: str) -> Video:
    """Return the video of a link, as last written: a revoked link ends at once.

    Raises the same NotFound whether the link is unknown, expired or revoked.
    """
    share = _find_recent(token)
    if share is None:
        raise NotFound("There is no such video.")
    video = video_records.get(owner=share.owner, video_id=share.video_id)
    if video.status not in SHAREABLE or not _has_token(video, token):
        raise NotFound("There is no such video.")
    return video


def url(token: str) -> str:
    return f"{origins.public()}/s/{token}"


def _existing_link(video: Video, *, expires_at: datetime | None) -> Link | None:
    """Return the video's link if it is valid. Raises Canceled if it was revoked meanwhile."""
    token = video.share_nonce and _token(video.video_id, video.share_nonce)
    share = _find_valid(token) if token else None
    if token is None or share is None:
        return None
    if expires_at is not None:
        action, exists = Share.expires_at.set(expires_at), Share.token_hash.exists()
        transactions.write(lambda transaction: transaction.update(share, actions=[action], condition=exists))
    return Link(url=url(token), expires_at=expires_at or share.expires_at)


def _new_link(video: Video, *, expires_at: datetime | None) -> Link:
    """Create a link in one transaction, so that every link that works can be revoked and is counted.

    Raises Canceled if the video was changed meanwhile.
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
    # An expired link leaves its nonce in the record. The new nonce replaces it, so the old link stays invalid.
    is_unchanged = (
        Video.share_nonce.does_not_exist() if video.share_nonce is None else Video.share_nonce == video.share_nonce
    )

    def add_items(transaction: TransactWrite) -> None:
        transaction.save(share, condition=Share.token_hash.does_not_exist())
        stats.count_share(transaction, video, actions=[Video.share_nonce.set(nonce)], condition=is_unchanged)

    transactions.write(add_items)
    return Link(url=url(token), expires_at=expires_at)


def _find_valid(token: str) -> Share | None:
    """Return the share link of a token unless it has expired, because DynamoDB removes expired items with a delay."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        share = Share.get(_hash(token), consistent_read=True)
    except DoesNotExist:
        return None
    return None if _has_expired(share) else share


def _find_recent(token: str) -> Share | None:
    """Return the valid share link of a token as it was minutes ago at most."""
    token_hash, now = _hash(token), time.monotonic()
    read_at, share = _remembered.get(token_hash, (-math.inf, None))
    if share is None or now - read_at > _REMEMBERED_SECONDS or _has_expired(share):
        if (share := _find_valid(token)) is None:
            return None
        if len(_remembered) >= _MAX_REMEMBERED:
            _remembered.clear()
        _remembered[token_hash] = (now, share)
    return share


def _has_expired(share: Share) -> bool:
    return share.expires_at is not None and share.expires_at <= datetime.now(UTC)


def _has_token(video: Video, token: str) -> bool:
    nonce = video.share_nonce
    return nonce is not None and hmac.compare_digest(_token(video.video_id, nonce), token)


def _token(video_id: str, nonce: str) -> str:
    return urlsafe_b64encode(signing.signature("share", video_id, nonce)[:16]).decode().rstrip("=")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
