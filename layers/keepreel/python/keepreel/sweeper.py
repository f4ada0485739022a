"""The sweeper: whatever is unfinished and was not moved in time gets a workflow again. The workflow knows the rest.

A deletion that was cut off is finished here, and the bus is told of what it has not heard of.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

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
from keepreel.workflow import execution, notifications

_SWEPT = UNFINISHED | PUBLISHED | {Status.DELETING}


def sweep(*, seconds_left: float) -> int:
    """Restarts every video that is due; what cannot be handled does not keep the others waiting.

    Gives how many workflows run because of it. What `seconds_left` does not suffice for, the next sweep does.
    """
    deadline = time.monotonic() + seconds_left
    started = 0
    for shard in range(IN_FLIGHT_SHARDS):
        with _apart(shard=shard):
            for owner, video_id in _due(shard):
                if time.monotonic() > deadline:
                    logger.warning("sweep ended early")
                    return started
                with _apart(owner=owner, video_id=video_id):
                    started += _tend(owner=owner, video_id=video_id)
    return started


@contextmanager
def _apart(**what: object) -> Iterator[None]:
    """A door of its own: a shard or a record that is broken must not stop the rest."""
    try:
        yield
    except Exception:  # noqa: BLE001
        logger.exception("cannot tend", extra=what)


def _due(shard: int) -> Iterator[tuple[str, str]]:
    """The owners and ids of what is due, read raw: a value that our model cannot read must not hide what follows it."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Video.Meta.table_name,
            IndexName=InFlight.Meta.index_name,
            KeyConditionExpression="in_flight_shard = :shard AND next_check_at <= :now",
            ExpressionAttributeValues={
                ":shard": {"N": str(shard)},
                ":now": {"S": _sortable(datetime.now(UTC))},
            },
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield item["owner"]["S"], item["video_id"]["S"]


def _sortable(at: datetime) -> str:
    """A time as pynamodb writes it."""
    return str(UTCDateTimeAttribute().serialize(at))  # type: ignore[no-untyped-call]


def _tend(*, owner: str, video_id: str) -> bool:
    try:
        video = video_records.get(owner=owner, video_id=video_id)  # the index may lag
    except NotFound:
        return False
    if video.status not in _SWEPT or not _lease(video):
        return False
    if video.status == Status.DELETING:
        delete.finish(video)
        return False
    if video.status in PUBLISHED:
        notifications.publish(video)
        return False
    if execution.start(video):
        return True
    # The workflow of that name has ended, so the next needs a new one. It goes on from the record.
    video.update(actions=[Video.restarts.add(1)], condition=Video.restarts == video.restarts)
    logger.info("restarted", extra={"video_id": video_id, "owner": owner, "status": video.status})
    return execution.start(video)


def _lease(video: Video) -> bool:
    """Puts the next look off before acting, so that of two sweepers one acts, and a crash here costs one interval."""
    now = datetime.now(UTC)
    if video.next_check_at is None or video.next_check_at > now:
        return False
    later = video_records.next_check_at(video, status=Status.DELAYED, now=now)
    try:
        video.update(
            actions=[Video.next_check_at.set(later)],
            condition=(Video.next_check_at == video.next_check_at) & Video.status.is_in(*_SWEPT),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
