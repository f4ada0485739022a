"""Creating videos: one transaction that puts the record, the idempotency key and the day's usage, then the workflow."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import uuid6
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.transactions import TransactWrite

from keepreel.aws import STORE_ERRORS
from keepreel.db import quotas, transactions, video_records
from keepreel.db.status import Status
from keepreel.db.tables import IdempotencyKey, Video, filter_key, in_flight_shard
from keepreel.db.transactions import Canceled
from keepreel.errors import BadImage, FieldError, Gone, InvalidInput, KeyReused, NotFound, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import images, uploads
from keepreel.providers import registry
from keepreel.videos.spec import Asked, Order
from keepreel.workflow import execution

_KEY_KEPT = timedelta(days=2)
_DOUBLE_CLICK = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Created:
    """The videos that a request made; `replayed` when it was an earlier one with the same key and body."""

    videos: Sequence[Video]
    replayed: bool


def create(asked: Asked, *, key: str | None, key_kept: timedelta = _KEY_KEPT) -> Created:
    """Makes the videos' records and starts their workflows; the same request again gives the same answer.

    `key` is the client's Idempotency-Key. Without one, the same request from the same owner within a minute counts as
    a double click. Raises InvalidInput, KeyReused, Gone, LimitReached; nothing is spent before all is checked.
    """
    seal = _Seal.of(asked, key=key, kept=key_kept)
    if earlier := seal.earlier_videos():
        return Created(videos=earlier, replayed=True)
    order = asked.order()
    check_image(order)
    quotas.check_request_size(videos=order.variations, cents=order.cents)
    videos = _new_videos(order)
    if _write(videos, order, seal):
        return Created(videos=_started(videos), replayed=False)
    if earlier := seal.earlier_videos():
        # Perhaps our own, of which only the reply was lost; one that runs already is not started twice.
        return Created(videos=_started(earlier), replayed=True)
    raise StoreUnavailable("the same request was there and expired while this one was being written")


def check_image(order: Order) -> None:
    """Raises InvalidInput when the source image is an upload that cannot be used."""
    source = order.source_image
    if source is None or not uploads.is_upload(source):
        return
    limits = registry.info(order.model.provider).limits
    try:
        content = uploads.read(owner=order.payer, source_image=source, max_bytes=limits.max_image_bytes)
        images.check(content, aspect_ratio=order.chosen.aspect_ratio, min_side=limits.min_image_side)
    except BadImage as error:
        raise InvalidInput(
            str(error), code="invalid_image", errors=(FieldError("/source_image", str(error)),)
        ) from None


@dataclass(frozen=True, kw_only=True)
class _Seal:
    """What makes a request the same request: a key scoped by its owner, and a hash of all that it asks for."""

    owner: str
    key: str
    request_hash: str
    kept: timedelta
    is_guess: bool  # made of the body, where the client gave no key

    @staticmethod
    def of(asked: Asked, *, key: str | None, kept: timedelta) -> "_Seal":
        owner, request_hash = asked.owner, asked.fingerprint
        if key is None:
            name, kept = f"body#{owner}#{request_hash}", _DOUBLE_CLICK
        else:
            name = f"request#{owner}#{sha256(key.encode()).hexdigest()}"
        return _Seal(owner=owner, key=name, request_hash=request_hash, kept=kept, is_guess=key is None)

    def earlier_videos(self) -> list[Video]:
        """What this request made before, as it stands now.

        Raises KeyReused for another body under the same key, and Gone when all of it was deleted.
        """
        try:
            found = IdempotencyKey.get(self.key, consistent_read=True)
        except DoesNotExist:
            return []
        if found.expires_at <= datetime.now(UTC):  # DynamoDB removes it when it gets round to it
            return []
        if found.request_hash != self.request_hash:
            raise KeyReused("This Idempotency-Key was used for another request; use a new one for a new video.")
        videos = [video for video_id in found.video_ids if (video := self._kept_video(str(video_id)))]
        if not videos and self.is_guess:  # who deletes a video and asks for it again has not clicked twice
            return self._forgotten(found)
        if not videos:
            raise Gone("What this Idempotency-Key made was deleted; use a new one for a new video.")
        return videos

    def _forgotten(self, found: IdempotencyKey) -> list[Video]:
        """Nothing, once the key has expired; or what another request made under it meanwhile."""
        try:
            found.update(
                actions=[IdempotencyKey.expires_at.set(datetime.now(UTC))],
                condition=IdempotencyKey.video_ids == list(found.video_ids),
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return self.earlier_videos()
        return []

    def _kept_video(self, video_id: str) -> Video | None:
        try:
            video = video_records.get(owner=self.owner, video_id=video_id)
        except NotFound:
            return None
        return None if video.status == Status.DELETING else video

    def put(self, transaction: TransactWrite, videos: Sequence[Video]) -> None:
        now = datetime.now(UTC)
        transaction.save(
            IdempotencyKey(
                key=self.key,
                request_hash=self.request_hash,
                video_ids=[video.video_id for video in videos],
                expires_at=now + self.kept,
            ),
            condition=IdempotencyKey.key.does_not_exist() | (IdempotencyKey.expires_at <= now),
        )


def _write(videos: Sequence[Video], order: Order, seal: _Seal) -> bool:
    """All or nothing. False when the same request got there first. Raises LimitReached, StoreUnavailable."""
    day = videos[0].usage_day

    def fill(transaction: TransactWrite) -> None:
        seal.put(transaction, videos)
        for video in videos:
            transaction.save(video, condition=Video.video_id.does_not_exist())
        quotas.reserve(transaction, payer=order.payer, day=day, videos=len(videos), cents=order.cents)

    try:
        transactions.write(fill)
    except Canceled as canceled:
        is_known, *_, is_over_day, is_over_flight = canceled.failed
        if is_known:
            return False  # also when it was our own write, whose reply was lost
        if is_over_day:
            raise quotas.daily_limit_error(order.payer, videos=len(videos), cents=order.cents) from None
        if is_over_flight:
            raise quotas.in_flight_limit_error() from None
        raise
    return True


def _new_videos(order: Order) -> list[Video]:
    batch_id = str(uuid6.uuid7()) if order.variations > 1 else None
    now = datetime.now(UTC)  # one for all, since they count in one day's usage
    return [_new_video(order, now=now, batch_id=batch_id, index=index) for index in range(order.variations)]


def _new_video(order: Order, *, now: datetime, batch_id: str | None, index: int) -> Video:
    video_id = str(uuid6.uuid7())
    return Video(
        owner=order.owner,
        video_id=video_id,
        payer=order.payer,
        created_by=order.created_by,
        type=order.type,
        **asdict(order.words),
        negative_prompt=order.negative_prompt,
        source_image=order.source_image,
        provider=order.model.provider,
        model=order.model.id,
        duration_seconds=order.chosen.duration_seconds,
        aspect_ratio=order.chosen.aspect_ratio,
        resolution=order.chosen.resolution,
        seed=_seed(order, index),
        batch_id=batch_id,
        batch_index=index if batch_id else None,
        remixed_from=order.remixed_from,
        estimated_cost_cents=order.cents_each,
        usage_day=now.date().isoformat(),
        status=Status.QUEUED,
        owner_status=filter_key(order.owner, Status.QUEUED),
        owner_type=filter_key(order.owner, order.type),
        owner_model=filter_key(order.owner, order.model.id),
        created_at=now,
        updated_at=now,
        media_secret=secrets.token_hex(16),
        in_flight_shard=in_flight_shard(video_id),
        next_check_at=now + video_records.CHECK_AFTER[Status.QUEUED],
    )


def _seed(order: Order, index: int) -> int | None:
    """Variations of one seed would be one video four times, so each takes the next."""
    max_seed = registry.info(order.model.provider).limits.max_seed
    return None if order.seed is None or max_seed is None else (order.seed + index - 1) % max_seed + 1


def _started(videos: Sequence[Video]) -> Sequence[Video]:
    for video in videos:
        if video.status == Status.QUEUED:
            _start(video)
    return videos


def _start(video: Video) -> None:
    """A start that fails costs the person a minute, not the video: the sweeper starts what is left queued."""
    try:
        execution.start(video)
    except STORE_ERRORS as error:
        logger.error("start failed", extra={"video_id": video.video_id, "reason": type(error).__name__})
