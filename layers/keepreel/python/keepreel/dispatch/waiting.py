"""The videos that wait for a slot, in the order of their places in the queue."""

import heapq
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from pynamodb.attributes import UTCDateTimeAttribute

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.indexes import Waiting
from keepreel.db.tables import Video
from keepreel.errors import NotFound
from keepreel.logs import logger

_READ_AT_ONCE = 25  # entries of the index
_CACHE_SECONDS = 3

_waits: dict[str, tuple[float, bool]] = {}


@dataclass(frozen=True, kw_only=True, order=True)
class Candidate:
    """A video that waits, or has waited a moment ago: the index lags behind the records."""

    dispatch_at: datetime
    video_id: str
    owner: str


def candidates(queue: str, *, new: Collection[Candidate] = (), page: int = _READ_AT_ONCE) -> Iterator[Candidate]:
    """Yield the candidates in the order of their places. `new` are some that the index may not show yet."""
    seen: set[str] = set()
    for candidate in heapq.merge(sorted(new), _indexed(queue, page=page)):
        if candidate.video_id not in seen:
            seen.add(candidate.video_id)
            yield candidate


def oldest(queue: str, *, limit: int) -> list[Candidate]:
    """Return the first candidates in order, at most `limit`."""
    return list(islice(candidates(queue, page=limit), limit))


def read(queue: str, candidate: Candidate) -> Video | None:
    """Return the candidate's record if it still waits in the queue."""
    try:
        video = video_records.get(owner=candidate.owner, video_id=candidate.video_id)
    except NotFound:
        return None
    return video if video.waiting_queue == queue else None


def measure(queue: str) -> tuple[int, str | None]:
    """Return how many videos wait, up to about 8,000, and the id of the next one, which has the time of its request."""
    items = _query(queue)["Items"]
    return len(items), items[0]["video_id"]["S"] if items else None


def is_someone_waiting(queue: str) -> bool:
    """Return whether a video waits for a slot of the queue, as it was some seconds ago at most."""
    cached = _waits.get(queue)
    if cached is None or time.monotonic() - cached[0] > _CACHE_SECONDS:
        cached = _waits[queue] = (time.monotonic(), bool(_query(queue, Limit=1, Select="COUNT")["Count"]))
    return cached[1]


def _indexed(queue: str, *, page: int) -> Iterator[Candidate]:
    """Yield the entries of the index, page by page. An entry that cannot be read does not hide those after it."""
    found = _query(queue, Limit=page)
    while True:
        for item in found["Items"]:
            try:
                yield _candidate(item)
            except (LookupError, ValueError):
                logger.error("queue entry unreadable", extra={"queue": queue, "video_id": item["video_id"]["S"]})
        if not (last := found.get("LastEvaluatedKey")):
            return
        found = _query(queue, Limit=page, ExclusiveStartKey=last)


def _query(queue: str, **options: Any) -> Mapping[str, Any]:
    """Query the index. Items are read raw, because one bad value must not hide those after it."""
    return aws.dynamodb_client().query(
        TableName=Video.Meta.table_name,
        IndexName=Waiting.Meta.index_name,
        KeyConditionExpression="waiting_queue = :queue",
        ExpressionAttributeValues={":queue": {"S": queue}},
        **options,
    )


def _candidate(item: Mapping[str, Any]) -> Candidate:
    dispatch_at = UTCDateTimeAttribute().deserialize(item["dispatch_at"]["S"])  # type: ignore[no-untyped-call]
    return Candidate(dispatch_at=dispatch_at, video_id=item["video_id"]["S"], owner=item["owner"]["S"])
