"""The sweeper: restart the workflow of every unfinished video whose record has not changed in time.

It also finishes deletions that were interrupted and publishes events that were not published.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice

from pynamodb.attributes import UTCDateTimeAttribute
from pynamodb.exceptions import UpdateError

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.indexes import InFlight
from keepreel.db.status import PUBLISHED, UNFINISHED, Status
from keepreel.db.tables import IN_FLIGHT_SHARDS, Video
from keepreel.errors import NotFound
from keepreel.logs import logger
from keepreel.videos import delete
from keepreel.workflow import deadlines, execution, notifications

_SORTED_VIDEOS = 200  # sorted at once; reading more first would take too much of the sweep's time
_LEASE = timedelta(seconds=30)
_NEVER = datetime.max.replace(tzinfo=UTC)
_SWEPT = UNFINISHED | PUBLISHED | {Status.DELETING}


def sweep(*, seconds_left: float) -> int:
    """Process every due video and return the number of workflows that run because of it.

    A video that cannot be processed does not hold up the others. The next sweep does what `seconds_left` did not allow.
    """
    deadline = time.monotonic() + seconds_left
    started = 0
    for shard in range(IN_FLIGHT_SHARDS):
        with _isolated(shard=shard):
            for video in _by_expiry(_due_videos(shard)):
                if time.monotonic() > deadline:
                    logger.warning("sweep out of time")
                    return started
                with _isolated(owner=video.owner, video_id=video.video_id):
                    started += _process(video)
    return started


@contextmanager
def _isolated(**fields: object) -> Iterator[None]:
    """Isolate errors so that one bad record does not stop the sweep."""
    try:
        yield
    except Exception:  # noqa: BLE001
        logger.exception("sweep failed for a record", extra=fields)


def _by_expiry(due: Iterator[tuple[str, str]]) -> Iterator[Video]:
    """Yield the records of due videos. Those whose files expire soon come first: there may not be time for all."""
    while keys := list(islice(due, _SORTED_VIDEOS)):
        videos = [video for owner, video_id in keys if (video := _read(owner=owner, video_id=video_id))]
        yield from sorted(videos, key=lambda it: deadlines.file_expires_at(it) if it.provider_task_id else _NEVER)


def _read(*, owner: str, video_id: str) -> Video | None:
    """Return the record, because the index may lag behind it; None if it is gone or unreadable."""
    with _isolated(owner=owner, video_id=video_id), suppress(NotFound):
        return video_records.get(owner=owner, video_id=video_id)
    return None


def _due_videos(shard: int) -> Iterator[tuple[str, str]]:
    """Yield owner and id of each due video. Items are read raw, because one bad value must not hide those after it."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Video.Meta.table_name,
            IndexName=InFlight.Meta.index_name,
            KeyConditionExpression="in_flight_shard = :shard AND next_check_at <= :now",
            ExpressionAttributeValues={
                ":shard": {"N": str(shard)},
                ":now": {"S": _serialized(datetime.now(UTC))},
            },
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield item["owner"]["S"], item["video_id"]["S"]


def _serialized(at: datetime) -> str:
    """Return a time as pynamodb stores it."""
    return str(UTCDateTimeAttribute().serialize(at))  # type: ignore[no-untyped-call]


def _process(video: Video) -> bool:
    """Do what the video's status needs. Return whether a workflow was started. A stale record cannot be claimed."""
    if video.status not in _SWEPT or not _claim(video):
        return False
    try:
        is_started = _act(video)
    except Exception as error:
        if not aws.is_outage(error):  # a record that breaks the sweep must not do so every minute
            _postpone(video)
        raise
    if is_started:
        _postpone(video)
    return is_started


def _act(video: Video) -> bool:
    if video.status == Status.DELETING:
        delete.finish(video)
        return False
    if video.status in PUBLISHED:
        notifications.publish(video)
        if not video.is_signing_due:
            return False
    if execution.start(video):
        return True
    # The execution of this name has ended, so the next one needs a new name. It continues from the record.
    video.update(actions=[Video.restarts.add(1)], condition=Video.restarts == video.restarts)
    logger.info("restarted", extra={"video_id": video.video_id, "owner": video.owner, "status": video.status})
    return execution.start(video)


def _claim(video: Video) -> bool:
    """Take the video for half a minute, so that only one of two sweepers acts, and a crash costs little time."""
    now = datetime.now(UTC)
    if video.next_check_at is None or video.next_check_at > now:
        return False
    try:
        video.update(
            actions=[Video.next_check_at.set(now + _LEASE)],
            condition=(Video.next_check_at == video.next_check_at) & Video.status.is_in(*_SWEPT),
        )
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        return False
    return True


def _postpone(video: Video) -> None:
    """Set the usual time of the next check, unless the workflow has set one already."""
    next_check_at = video_records.next_check_at(video, status=Status.DELAYED, now=datetime.now(UTC))
    try:
        video.update(
            actions=[Video.next_check_at.set(next_check_at)], condition=Video.next_check_at == video.next_check_at
        )
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
