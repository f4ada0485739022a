"""Publish VideoCompleted and VideoFailed on the event bus."""

import json
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from keepreel import aws
from keepreel.db import owners
from keepreel.db.status import PUBLISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import StoreUnavailable
from keepreel.media import storage
from keepreel.settings import settings

SOURCE = "keepreel"
_DETAIL_TYPES = {Status.COMPLETED: "VideoCompleted", Status.FAILED: "VideoFailed"}


def publish(video: Video) -> None:
    """Publish the event of a completed or failed video, unless it was published before. Raises StoreUnavailable.

    Delivery is at least once: a finished video stays in the in-flight index until the bus has accepted its event, so
    a later step or the sweeper publishes it. A receiver may get an event twice, with the same `video_id`.
    """
    if video.status not in PUBLISHED or video.in_flight_shard is None or video.is_published:
        return
    entry: Any = {
        "EventBusName": settings().event_bus,
        "Source": SOURCE,
        "DetailType": _DETAIL_TYPES[Status(video.status)],
        "Detail": json.dumps(_detail(video), ensure_ascii=False),
    }
    response = aws.events().put_events(Entries=[entry])
    if response["FailedEntryCount"]:
        raise StoreUnavailable(f"the event bus did not accept the event of {video.video_id}")
    done: list[Action] = [Video.in_flight_shard.remove(), Video.next_check_at.remove()]
    try:
        video.update(
            actions=[Video.is_published.set(True)] if video.is_signing_due else done,
            condition=Video.status == video.status,
        )
    except UpdateError as error:
        if not aws.is_failed_condition(error):  # the video was deleted meanwhile
            raise


def _detail(video: Video) -> dict[str, Any]:
    is_completed = video.status == Status.COMPLETED
    return {
        "video_id": video.video_id,
        "owner": video.owner,
        "community_id": owners.community_id(video.owner),
        "type": video.type,
        "status": video.status,
        "provider": video.provider,
        "model": video.model,
        "template": video.template,
        "batch_id": video.batch_id,
        "video_url": storage.public_url(storage.video_key(video)) if is_completed else None,
        "thumbnail_url": storage.public_url(storage.thumbnail_key(video)) if is_completed else None,
        "duration_seconds": int(video.duration_seconds),
        "ai_generated": True,
        "content_credentials": video.content_credentials,
        "error": None if is_completed else {"code": video.error_code, "message": video.error_message},
    }
