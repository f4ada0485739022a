"""Due videos of the sweeper, read and leased as raw items, because one bad value must not hide or stop the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import UTCDateTimeAttribute

from keepreel import aws
from keepreel.db.indexes import InFlight
from keepreel.db.tables import Video

_PAGE_SIZE = 300
TRIES = 3  # of a record that cannot be processed; after them it is set aside
_TRY_AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5))  # by the number of failed tries
_SET_ASIDE_FOR = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Due:
    """An entry of the in-flight index. It may be older than its record."""

    owner: str
    video_id: str
    next_check_at: str  # as stored; the text sorts like the time


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record as an item of the table."""

    owner: str
    video_id: str
    item: Mapping[str, Any] = field(repr=False)

    def video(self) -> Video:
        """Return the record as a model. Raises an error for a value of a wrong type or format."""
        return Video.from_raw_data(dict(self.item))


def find(shard: int) -> Iterator[Due]:
    """Yield the due videos of a shard, the oldest first. Pages are read as they are needed."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Video.Meta.table_name,
            IndexName=InFlight.Meta.index_name,
            KeyConditionExpression="in_flight_shard = :shard AND next_check_at <= :now",
            ExpressionAttributeValues={
                ":shard": {"N": str(shard)},
                ":now": {"S": serialized(datetime.now(UTC))},
            },
            PaginationConfig={"PageSize": _PAGE_SIZE},
        )
    )
    for page in pages:
        yield from map(_entry, page["Items"])


def seconds_late(due: Due) -> float:
    """Return how long the video has been due; 0 if the stored time is unreadable."""
    try:
        at = datetime.strptime(due.next_check_at, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return 0
    return (datetime.now(UTC) - at).total_seconds()


def read(due: Sequence[Due]) -> list[Record]:
    """Return the records of up to 100 due videos, in any order. Some may be missing or a moment old."""
    table = Video.Meta.table_name
    keys = [_key(it.owner, it.video_id) for it in due]
    response = aws.dynamodb_client().batch_get_item(RequestItems={table: {"Keys": keys}})
    return [_record(item) for item in response["Responses"].get(table, [])]


def lease(due: Due, *, duration: timedelta) -> Record | None:
    """Take a due video for a while and return its record. None if another worker has changed or taken it since."""
    until = {":at": {"S": serialized(datetime.now(UTC) + duration)}}
    return _update(due.owner, due.video_id, "SET next_check_at = :at", until, seen=due.next_check_at)


def count_failed_try(record: Record) -> int:
    """Count a failed try of a leased video on its record, and postpone the next one. Return the number of failed tries.

    The third one sets the record aside: it is tried every six hours from then on.
    """
    failed = _failed_tries(record.item) + 1
    after = _TRY_AGAIN_AFTER[failed - 1] if failed < TRIES else _SET_ASIDE_FOR
    values = {":failed": {"N": str(failed)}, ":at": {"S": serialized(datetime.now(UTC) + after)}}
    update = "SET failed_sweeps = :failed, next_check_at = :at"
    _update(record.owner, record.video_id, update, values, seen=record.item["next_check_at"]["S"])
    return failed


def serialized(at: datetime) -> str:
    """Return a time as pynamodb stores it."""
    return str(UTCDateTimeAttribute().serialize(at))  # type: ignore[no-untyped-call]


def _entry(item: Any) -> Due:
    return Due(owner=item["owner"]["S"], video_id=item["video_id"]["S"], next_check_at=item["next_check_at"]["S"])


def _key(owner: str, video_id: str) -> dict[str, Any]:
    return {"owner": {"S": owner}, "video_id": {"S": video_id}}


def _record(item: Mapping[str, Any]) -> Record:
    return Record(owner=item["owner"]["S"], video_id=item["video_id"]["S"], item=item)


def _update(owner: str, video_id: str, expression: str, values: dict[str, Any], *, seen: str) -> Record | None:
    """Update the record if its next check is the one seen, and return it. None if its next check is another one."""
    try:
        response = aws.dynamodb_client().update_item(
            TableName=Video.Meta.table_name,
            Key=_key(owner, video_id),
            UpdateExpression=expression,
            ConditionExpression="next_check_at = :seen",
            ExpressionAttributeValues={":seen": {"S": seen}, **values},
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if not aws.is_failed_condition(error):
            raise
        return None
    return _record(response["Attributes"])


def _failed_tries(item: Mapping[str, Any]) -> int:
    """Return the number of failed tries; an unreadable number counts as the last but one."""
    stored = item.get("failed_sweeps", {"N": "0"}).get("N")
    return int(stored) if stored is not None and stored.isdigit() else TRIES - 1
