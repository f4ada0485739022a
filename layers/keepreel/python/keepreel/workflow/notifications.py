"""What the bus is told: that a video was completed, or that it failed."""

import json
from typing import Any

from pynamodb.exceptions import UpdateError

from keepreel import aws
from keepreel.db import owners
from keepreel.db.status import PUBLISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import StoreUnavailable
from keepreel.media import storage
from keepreel.settings import settings

SOURCE = "keepreel"
_DETAIL_TYPES = {Status.COMPLETED: "VideoCompleted", Status.FAILED: "VideoFailed"}


def announce(video: Video) -> None:
    """Tells of a video that is completed or failed, if that was not done yet.

    At least once: a finished video stays in the in-flight index until the bus has it, so whoever comes next tells of
    it, the sweeper at last. A receiver may hear of one video twice, with the same `video_id`. Raises StoreUnavailable.
    """
    if video.status not in PUBLISHED or video.in_flight_shard is None:
        return
    entry: Any = {
        "EventBusName": settings().event_bus,
        "Source": SOURCE,
        "DetailType": _DETAIL_TYPES[Status(video.status)],
        "Detail": json.dumps(_detail(video), ensure_ascii=False),
    }
    answer = aws.events().put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise StoreUnavailable(f"the bus did not take the event of {video.video_id}")
    try:
        video.update(
            actions=[Video.in_flight_shard.remove(), Video.next_check_at.remove()],
            condition=Video.status == video.status,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":  # deleted meanwhile
            raise


def _detail(video: Video) -> dict[str, Any]:
    is_kept = video.status == Status.COMPLETED
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
        "video_url": storage.public_url(storage.video_key(video)) if is_kept else None,
        "thumbnail_url": storage.public_url(storage.thumbnail_key(video)) if is_kept else None,
        "duration_seconds": int(video.duration_seconds),
        "error": None if is_kept else {"code": video.error_code, "message": video.error_message},
    }
