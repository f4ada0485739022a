"""Count views and downloads off the request, in the function `count_view`, which is invoked asynchronously.

A count is three writes of one unit: the mark that prevents a second count, the video's counts and the owner's. The mark
comes first, so a crash can lose a count and never doubles one. Repeated requests and floods of one address mostly end
in the memory of the function that serves them.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from botocore.exceptions import ClientError
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db import video_records
from keepreel.db.request_items import ResultToken, VideoCounts
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import NotFound
from keepreel.logs import logger
from keepreel.settings import settings
from keepreel.videos import owner_counts

Counter = Literal["views", "downloads"]

MAX_A_MINUTE = 100  # counts of one visitor in one function; a flood is not passed on
# An item of marks takes 1 KB at most. A visitor has several, so that an office behind one address is counted.
_SHARDS, _MAX_MARKS, _MAX_MARKS_A_MINUTE = 8, 50, 10
_MARK_TTL = timedelta(days=2)  # longer than the day that is part of its key
_MAX_REMEMBERED = 10_000

_requested: dict[tuple[str, str], str] = {}  # the day, by visitor and video
_of_minute: dict[str, int] = {}
_minute = 0


@dataclass(frozen=True, kw_only=True)
class Event:
    """One view or download on a day (UTC). `visitor` is a hash of the address that changes every day, or the owner."""

    counter: Counter
    owner: str
    video_id: str
    day: str
    visitor: str


def request(event: Event) -> None:
    """Let the function `count_view` count the event. A failed call is only logged. Repeated ones are left out."""
    if not _is_new(event):
        return
    try:
        aws.invoke_later(settings().count_function, asdict(event))
    except STORE_ERRORS as error:
        _requested.pop((event.visitor, event.video_id), None)
        _log(event, error)


def count(event: Event) -> None:
    """Count the event, unless it was counted today or its video is gone. Raises STORE_ERRORS before anything counts."""
    try:
        video = video_records.get(owner=event.owner, video_id=event.video_id)
    except NotFound:
        return
    if video.status != Status.COMPLETED or not _mark(event):
        return
    try:
        counts = _add(video, event)
        owner_counts.add(event.owner, event.counter, day=event.day)
        if counts.listed_on != event.day:
            _refresh_list(video, counts, day=event.day)
    except STORE_ERRORS as error:
        _log(event, error)


def forget(video_id: str) -> None:
    """Remove the counts of a video in deletion, and the task token of its last wait. The owner's totals stay."""
    VideoCounts(VideoCounts.key_of(video_id)).delete()
    ResultToken(ResultToken.key_of(video_id)).delete()


def _mark(event: Event) -> bool:
    """Mark the video as counted today. Return False if it is, or if the visitor has too many marks."""
    now = datetime.now(UTC)
    expires_at = {":expires_at": {"N": str(int((now + _MARK_TTL).timestamp()))}}
    if event.counter == "downloads":
        key = f"download#{event.owner}#{event.video_id}#{event.day}"
        return _write_mark(
            key, "SET expires_at = :expires_at", condition="attribute_not_exists(expires_at)", values=expires_at
        )
    mark = event.video_id.replace("-", "")[-16:]
    limits = {":max": {"N": str(_MAX_MARKS)}, ":max_a_minute": {"N": str(_MAX_MARKS_A_MINUTE)}}
    minute = f"at_{now:%H%M}"
    return _write_mark(
        f"viewed#{event.day}#{event.visitor}#{int(mark, 16) % _SHARDS}",
        f"ADD marks :marks, {minute} :one SET expires_at = :expires_at",
        condition="(attribute_not_exists(marks) OR (NOT contains(marks, :mark) AND size(marks) < :max)) "
        f"AND (attribute_not_exists({minute}) OR {minute} < :max_a_minute)",
        values={":marks": {"SS": [mark]}, ":mark": {"S": mark}, ":one": {"N": "1"}, **limits, **expires_at},
    )


def _write_mark(key: str, update: str, *, condition: str, values: dict[str, Any]) -> bool:
    """Return False if the condition does not hold."""
    try:
        aws.dynamodb_client().update_item(
            TableName=settings().requests_table,
            Key={"key": {"S": key}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if not aws.is_failed_condition(error):
            raise
        return False
    return True


def _add(video: Video, event: Event) -> VideoCounts:
    """Add one to the video's own item, which starts with the counts that an older version wrote to the record."""
    counts = VideoCounts(VideoCounts.key_of(event.video_id))
    views = (VideoCounts.views | int(video.views)) + int(event.counter == "views")
    downloads = (VideoCounts.downloads | int(video.downloads)) + int(event.counter == "downloads")
    counts.update(
        actions=[
            VideoCounts.views.set(views),
            VideoCounts.downloads.set(downloads),
            VideoCounts.listed_on.set(VideoCounts.listed_on | event.day),
        ]
    )
    return counts


def _refresh_list(video: Video, counts: VideoCounts, *, day: str) -> None:
    """Copy the counts to the record, from which lists show them, once a day: the record is larger than its counts."""
    shown: list[Action] = [Video.views.set(counts.views), Video.downloads.set(counts.downloads)]
    try:
        video.update(actions=shown, condition=Video.status == Status.COMPLETED)
    except UpdateError as error:
        if not aws.is_failed_condition(error):  # the video was deleted meanwhile
            raise
    counts.update(actions=[VideoCounts.listed_on.set(day)])


def forget_requests() -> None:
    _requested.clear()
    _of_minute.clear()


def _is_new(event: Event) -> bool:
    """Return whether this function has not passed on the event today, nor too many of the visitor in this minute."""
    global _minute
    minute = int(time.time() // 60)
    if minute != _minute or len(_requested) > _MAX_REMEMBERED:
        _of_minute.clear()
        _minute = minute
    if len(_requested) > _MAX_REMEMBERED:
        _requested.clear()
    key = (event.visitor, event.video_id)
    if _requested.get(key) == event.day or _of_minute.get(event.visitor, 0) >= MAX_A_MINUTE:
        return False
    _requested[key] = event.day
    _of_minute[event.visitor] = _of_minute.get(event.visitor, 0) + 1
    return True


def _log(event: Event, error: Exception) -> None:
    extra = {"video_id": event.video_id, "counter": event.counter, "reason": type(error).__name__}
    logger.warning("not counted", extra=extra)
