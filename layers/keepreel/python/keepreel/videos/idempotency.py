"""Idempotency keys: a repeated request returns the videos that the first one created."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.request_items import IdempotencyKey
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import Gone, KeyReused, NotFound

KEY_TTL = timedelta(days=2)
_DOUBLE_CLICK_TTL = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """Identifies a request: a key scoped to its owner, and a hash of all its fields."""

    owner: str
    key: str
    request_hash: str
    ttl: timedelta
    is_derived: bool  # from the request's fields, because the client sent no key

    @staticmethod
    def of(*, owner: str, request_hash: str, client_key: str | None, ttl: timedelta = KEY_TTL) -> "RequestKey":
        """Return the key of a request. Without a client key, equal requests within a minute count as a double click."""
        if client_key is None:
            name, ttl = f"body#{owner}#{request_hash}", _DOUBLE_CLICK_TTL
        else:
            name = f"request#{owner}#{sha256(client_key.encode()).hexdigest()}"
        return RequestKey(owner=owner, key=name, request_hash=request_hash, ttl=ttl, is_derived=client_key is None)

    def find_videos(self) -> list[Video]:
        """Return the videos that this request created earlier, with their present status.

        Raises KeyReused if the key was used for another request, and Gone if all its videos were deleted.
        """
        try:
            found = IdempotencyKey.get(self.key, consistent_read=True)
        except DoesNotExist:
            return []
        if found.expires_at <= datetime.now(UTC):  # DynamoDB removes expired items with a delay
            return []
        if found.request_hash != self.request_hash:
            raise KeyReused("This Idempotency-Key was used for a different request. Use a new key for a new video.")
        videos = [video for video_id in found.video_ids if (video := self._existing_video(str(video_id)))]
        if not videos and self.is_derived:  # after a deletion, the same request is a new request, not a double click
            return self._expire(found)
        if not videos:
            raise Gone("The videos of this Idempotency-Key were deleted. Use a new key for a new video.")
        return videos

    def put(self, transaction: TransactWrite, videos: Sequence[Video]) -> None:
        """Add the key to the transaction, on the condition that it does not exist or has expired."""
        now = datetime.now(UTC)
        transaction.save(
            IdempotencyKey(
                key=self.key,
                request_hash=self.request_hash,
                video_ids=[video.video_id for video in videos],
                expires_at=now + self.ttl,
            ),
            condition=IdempotencyKey.key.does_not_exist() | (IdempotencyKey.expires_at <= now),
        )

    def _existing_video(self, video_id: str) -> Video | None:
        try:
            video = video_records.get(owner=self.owner, video_id=video_id)
        except NotFound:
            return None
        return None if video.status == Status.DELETING else video

    def _expire(self, found: IdempotencyKey) -> list[Video]:
        """Expire the key and return no videos, or return those that another request stored under it meanwhile."""
        try:
            found.update(
                actions=[IdempotencyKey.expires_at.set(datetime.now(UTC))],
                condition=IdempotencyKey.video_ids == list(found.video_ids),
            )
        except UpdateError as error:
            if not aws.is_failed_condition(error):
                raise
            return self.find_videos()
        return []
