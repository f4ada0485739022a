"""The sweeper: whatever is unfinished and was not moved in time gets a workflow again. The workflow knows the rest."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist, UpdateError

from keepreel import records, workflow
from keepreel.logs import logger
from keepreel.models import IN_FLIGHT_SHARDS, InFlight, Video
from keepreel.statuses import UNFINISHED, Status


def sweep(*, seconds_left: float) -> int:
    """Restarts every video that is due; one that cannot be handled does not keep the others waiting.

    Gives how many workflows run because of it. What `seconds_left` does not suffice for, the next sweep does.
    """
    deadline = time.monotonic() + seconds_left
    started = 0
    for found in _due():
        if time.monotonic() > deadline:
            logger.warning("sweep ended early")
            break
        try:
            started += _tend(found)
        except Exception:  # noqa: BLE001  # a door of its own for every video: a broken record must not stop the rest
            logger.exception("cannot tend", extra={"video_id": found.video_id, "owner": found.owner})
    return started


def _due() -> Iterator[Video]:
    for shard in range(IN_FLIGHT_SHARDS):
        yield from Video.in_flight.query(shard, InFlight.next_check_at <= datetime.now(UTC))


def _tend(found: Video) -> bool:
    try:
        video = Video.get(found.owner, found.video_id, consistent_read=True)  # the index may lag
    except DoesNotExist:
        return False
    if video.status not in UNFINISHED or not _lease(video):
        return False
    if workflow.start(video):
        return True
    # The workflow of that name has ended, so the next needs a new one. It goes on from the record.
    video.update(actions=[Video.restarts.add(1)], condition=Video.restarts == video.restarts)
    logger.info("restarted", extra={"video_id": video.video_id, "owner": video.owner, "status": video.status})
    return workflow.start(video)


def _lease(video: Video) -> bool:
    """Puts the next look off before acting, so that of two sweepers one acts, and a crash here costs one interval."""
    now = datetime.now(UTC)
    if video.next_check_at is None or video.next_check_at > now:
        return False
    later = records.look_again_at(Status.DELAYED, created_at=video.created_at, now=now)
    try:
        video.update(
            actions=[Video.next_check_at.set(later)],
            condition=(Video.next_check_at == video.next_check_at) & Video.status.is_in(*UNFINISHED),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
