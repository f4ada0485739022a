"""Order of a sweep: videos whose files expire soon come first, because there may not be time for all."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db.readable import readable
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.workflow import deadlines

_SORTED_VIDEOS = 1000  # more would take too much of the sweep's time; the rest follows in the order of the index
_BATCH_ITEMS = 100  # of a BatchGetItem
_NEVER = datetime.max.replace(tzinfo=UTC)
_FIELDS = ("owner", "video_id", "provider", "created_at", "submitted_at", "provider_task_id", "file_expires_at")

_Key = tuple[str, str]  # owner and video_id


def by_expiry(due: Iterable[_Key]) -> Iterator[_Key]:
    """Yield the keys of due videos, those with the soonest expiry of a file first.

    A video without a task has no file, so it comes after those with one. The index of due videos has no expiry, so it
    is read from the records. A video whose record cannot be read comes last, but is not left out.
    """
    keys = iter(due)
    while chunk := list(islice(keys, _SORTED_VIDEOS)):
        expiries = _expiries(chunk) if len(chunk) > 1 else {}
        yield from sorted(chunk, key=lambda key: expiries.get(key, _NEVER))


def _expiries(keys: Sequence[_Key]) -> dict[_Key, datetime]:
    expiries: dict[_Key, datetime] = {}
    try:
        for start in range(0, len(keys), _BATCH_ITEMS):
            videos = readable(_items(keys[start : start + _BATCH_ITEMS]), Video.from_raw_data, fields=_names)
            expiries |= {(it.owner, it.video_id): deadlines.file_expires_at(it) for it in videos if it.provider_task_id}
    except STORE_ERRORS as error:
        logger.warning("sweep is not sorted", extra={"reason": type(error).__name__})
    return expiries


def _items(keys: Sequence[_Key]) -> list[dict[str, dict[str, str]]]:
    table = Video.Meta.table_name
    request = {
        "Keys": [{"owner": {"S": owner}, "video_id": {"S": video_id}} for owner, video_id in keys],
        "ProjectionExpression": ", ".join(f"#{it}" for it in _FIELDS),
        "ExpressionAttributeNames": {f"#{it}": it for it in _FIELDS},  # `owner` is a reserved word
    }
    found = aws.dynamodb_client().batch_get_item(RequestItems={table: request})  # type: ignore[dict-item]
    return found["Responses"].get(table, [])  # type: ignore[return-value]


def _names(item: dict[str, dict[str, str]]) -> dict[str, object]:
    return {name: value.get("S") for name, value in item.items() if name in ("owner", "video_id")}
