"""Create videos: write the records, the idempotency key and the usage in one transaction, then call the dispatcher."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uuid6

from keepreel import dispatch_trigger, metrics, pause
from keepreel.db import check_times, quotas
from keepreel.db.status import Status, group
from keepreel.db.tables import Video, filter_key, in_flight_shard, type_key
from keepreel.errors import RequestError, StoreUnavailable
from keepreel.logs import logger
from keepreel.models import queues
from keepreel.videos import create_transaction
from keepreel.videos.idempotency import KEY_TTL, RequestKey
from keepreel.videos.image_checks import check_images
from keepreel.videos.spec import CreateRequest, VideoSpec

_MAX_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Created:
    """The videos of a request. `replayed`: an earlier request with the same key and body created them."""

    videos: Sequence[Video]
    replayed: bool


def create(request: CreateRequest, *, key: str | None, key_ttl: timedelta = KEY_TTL) -> Created:
    """Create the videos' records and call the dispatcher. The same request again returns the same videos.

    `key` is the client's Idempotency-Key. Raises InvalidInput, KeyReused, Gone, Paused, LimitReached; everything is
    checked before the first write. An earlier request with the key is looked for only if this one is not written.
    """
    request_key = RequestKey.of(owner=request.owner, request_hash=request.fingerprint, client_key=key, ttl=key_ttl)
    for _ in range(_MAX_TRIES):
        try:
            if videos := _write_new(request, request_key):
                _report(videos)
                return Created(videos=_dispatched(videos), replayed=False)
        except RequestError:
            if earlier := request_key.find_videos():
                return Created(videos=_dispatched(earlier), replayed=True)
            raise
        if earlier := request_key.find_videos():
            # These may be our own videos, if only the reply to the write was lost.
            return Created(videos=_dispatched(earlier), replayed=True)
    raise StoreUnavailable("equal requests were written and deleted while this one was being written")


def _write_new(request: CreateRequest, request_key: RequestKey) -> list[Video] | None:
    """Return the new videos, or None if an equal request was first."""
    pause.check()
    spec = request.resolve()
    check_images(spec)
    quotas.check_request_size(videos=spec.variations, cents=spec.cents)
    videos = _new_videos(spec)
    return videos if create_transaction.write(videos, spec, request_key) else None


def _report(videos: Sequence[Video]) -> None:
    for video in videos:
        logger.info("created", extra={"video_id": video.video_id, "owner": video.owner, "model": video.model})
    cents = float(sum(video.estimated_cost_cents for video in videos))
    metrics.measure({"VideosRequested": len(videos), "SpendCents": cents})


def _new_videos(spec: VideoSpec) -> list[Video]:
    batch_id = str(uuid6.uuid7()) if spec.variations > 1 else None
    now = datetime.now(UTC)  # the same for all, because they count in the usage of one day
    return [_new_video(spec, now=now, batch_id=batch_id, index=index) for index in range(spec.variations)]


def _new_video(spec: VideoSpec, *, now: datetime, batch_id: str | None, index: int) -> Video:
    video_id = str(uuid6.uuid7())
    return Video(
        owner=spec.owner,
        video_id=video_id,
        payer=spec.payer,
        created_by=spec.created_by,
        type=spec.type,
        prompt=spec.prompt.prompt,
        template=spec.prompt.template,
        template_version=spec.prompt.template_version,
        final_prompt=spec.prompt.final_prompt,
        negative_prompt=spec.negative_prompt,
        source_image=spec.source_image,
        provider=spec.model.provider,
        model=spec.model.id,
        duration_seconds=spec.format.duration_seconds,
        aspect_ratio=spec.format.aspect_ratio,
        resolution=spec.format.resolution,
        seed=_seed(spec, index),
        options=spec.options.to_json() or None,
        requested_model=spec.requested_model,
        batch_id=batch_id,
        batch_index=index if batch_id else None,
        remixed_from=spec.remixed_from,
        estimated_cost_cents=spec.cents_each,
        usage_day=now.date().isoformat(),
        status=Status.QUEUED,
        owner_status=filter_key(spec.owner, group(Status.QUEUED)),
        owner_type=type_key(spec.owner, spec.type),
        owner_model=filter_key(spec.owner, spec.model.id),
        created_at=now,
        updated_at=now,
        media_secret=secrets.token_hex(16),
        in_flight_shard=in_flight_shard(video_id),
        waiting_queue=queues.queue_of(spec.model.id),
        next_check_at=now + check_times.AFTER[Status.QUEUED],
    )


def _seed(spec: VideoSpec, index: int) -> int | None:
    """Return the next seed for each variation, because variations with one seed would be the same video."""
    if spec.seed is None:
        return None
    limits = spec.model.limits
    if limits.max_seed is None:
        return spec.seed + index
    return (spec.seed - limits.min_seed + index) % (limits.max_seed - limits.min_seed + 1) + limits.min_seed


def _dispatched(videos: Sequence[Video]) -> Sequence[Video]:
    """Call the dispatcher, unless the videos, of an earlier request, have left the queue."""
    if waiting := [video for video in videos if video.waiting_queue]:
        dispatch_trigger.request(waiting[0].waiting_queue, waiting)
    return videos
