"""Creating videos: one transaction that puts the record, the idempotency key and the day's usage, then the workflow."""

import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import uuid6
from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.transactions import TransactWrite

from keepreel import aws, images, inputs, limits, records, uploads, workflow
from keepreel.catalog import Model
from keepreel.errors import BadImage, FieldError, InvalidInput, KeyReused, StoreUnavailable
from keepreel.inputs import ChosenVideo, VideoRequest
from keepreel.logs import logger
from keepreel.models import IdempotencyKey, Video, in_flight_shard
from keepreel.statuses import Status

_KEY_KEPT = timedelta(days=2)
_DOUBLE_CLICK = timedelta(minutes=1)
_TRIES = 6


@dataclass(frozen=True, kw_only=True)
class Created:
    """The videos that a request made; `replayed` when it was an earlier one with the same key and body."""

    videos: Sequence[Video]
    replayed: bool


def create(request: VideoRequest, *, owner: str, created_by: str, key: str | None) -> Created:
    """Makes the video's record and starts its workflow; the same request again gives the same answer.

    `key` is the client's Idempotency-Key. Without one, the same body from the same owner within a minute counts as a
    double click. Raises InvalidInput, KeyReused, DailyLimit; nothing is spent before all is checked.
    """
    model, chosen = inputs.resolve(request)
    seal = _Seal.of(chosen, owner=owner, key=key)
    if earlier := seal.earlier_videos():
        return Created(videos=earlier, replayed=True)
    _check_image(chosen, owner=owner)
    video = _new_video(chosen, model, owner=owner, created_by=created_by)
    if _write(video, seal):
        _start(video)
        return Created(videos=[video], replayed=False)
    if earlier := seal.earlier_videos():
        return Created(videos=earlier, replayed=True)
    raise StoreUnavailable("the same request was there and expired while this one was being written")


@dataclass(frozen=True, kw_only=True)
class _Seal:
    """What makes a request the same request: a key scoped by its owner, and a hash of all that it asks for."""

    owner: str
    key: str
    request_hash: str
    kept: timedelta

    @staticmethod
    def of(request: ChosenVideo, *, owner: str, key: str | None) -> "_Seal":
        request_hash = sha256(request.model_dump_json().encode()).hexdigest()
        if key is None:
            return _Seal(owner=owner, key=f"body#{owner}#{request_hash}", request_hash=request_hash, kept=_DOUBLE_CLICK)
        hashed = sha256(key.encode()).hexdigest()
        return _Seal(owner=owner, key=f"request#{owner}#{hashed}", request_hash=request_hash, kept=_KEY_KEPT)

    def earlier_videos(self) -> list[Video]:
        """What this request made before, as it stands now. Raises KeyReused for another body under the same key."""
        try:
            found = IdempotencyKey.get(self.key, consistent_read=True)
        except DoesNotExist:
            return []
        if found.expires_at <= datetime.now(UTC):  # DynamoDB removes it when it gets round to it
            return []
        if found.request_hash != self.request_hash:
            raise KeyReused("This Idempotency-Key was used for another request; use a new one for a new video.")
        return [records.get(owner=self.owner, video_id=str(video_id)) for video_id in found.video_ids]

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


def _write(video: Video, seal: _Seal) -> bool:
    """All or nothing. False when the same request got there first. Raises DailyLimit, StoreUnavailable."""
    for attempt in range(_TRIES):
        try:
            with TransactWrite(connection=aws.dynamodb()) as transaction:
                seal.put(transaction, [video])
                transaction.save(video, condition=Video.video_id.does_not_exist())
                limits.take(transaction, owner=video.owner, day=video.usage_day, videos=1)
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            # pynamodb sends puts before updates, and the reasons come in the order sent.
            key_reason, *_, limit_reason = [reason and reason.code for reason in error.cancellation_reasons]
            if key_reason == "ConditionalCheckFailed":
                return False  # also when it was our own write, whose reply was lost
            if limit_reason == "ConditionalCheckFailed":
                raise limits.reached() from None
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  # another of this owner's was being written
        else:
            return True
    raise StoreUnavailable("too many requests of one owner at once")


def _check_image(request: ChosenVideo, *, owner: str) -> None:
    source = request.source_image
    if source is None or not uploads.names_one(source):
        return
    try:
        images.check(uploads.read(owner=owner, source_image=source), aspect_ratio=request.aspect_ratio)
    except BadImage as error:
        raise InvalidInput(
            str(error), code="invalid_image", errors=(FieldError("/source_image", str(error)),)
        ) from None


def _new_video(request: ChosenVideo, model: Model, *, owner: str, created_by: str) -> Video:
    now = datetime.now(UTC)
    video_id = str(uuid6.uuid7())
    return Video(
        owner=owner,
        video_id=video_id,
        created_by=created_by,
        type="user",
        prompt=request.prompt,
        final_prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        source_image=request.source_image,
        provider=model.provider,
        model=model.id,
        duration_seconds=request.duration_seconds,
        aspect_ratio=request.aspect_ratio,
        resolution=request.resolution,
        estimated_cost_cents=model.estimated_cost_cents(
            duration_seconds=request.duration_seconds, resolution=request.resolution
        ),
        usage_day=now.date().isoformat(),
        status=Status.QUEUED,
        created_at=now,
        updated_at=now,
        media_secret=secrets.token_hex(16),
        in_flight_shard=in_flight_shard(video_id),
        next_check_at=now + records.LOOK_AFTER[Status.QUEUED],
    )


def _start(video: Video) -> None:
    """A start that fails costs the person a minute, not the video: the sweeper starts what is left queued."""
    try:
        workflow.start(video)
    except workflow.STORE_ERRORS as error:
        logger.error("start failed", extra={"video_id": video.video_id, "reason": type(error).__name__})
