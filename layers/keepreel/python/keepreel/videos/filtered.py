"""Find an owner's videos of one status, type or model: first their ids in the indexes, then their records.

A page costs about one read unit per 25 ids, and 0.13 (neighbors) to 0.5 (scattered records) per video.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import QueryError
from pynamodb.expressions.condition import Condition

from keepreel import aws
from keepreel.db.status import UNFINISHED, UNFINISHED_GROUP, Status
from keepreel.db.tables import USER_TYPE, Video, filter_key
from keepreel.logs import logger

_MAX_ROUNDS = 2  # the second one replaces videos that were found but are not listed
_IDS_OF_SEVERAL_FILTERS = 50
_BATCH_SIZE = 100  # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
# A neighbor in a Query costs a quarter of a record in a BatchGet, so read on while enough of them are wanted.
_NEIGHBORS_PER_RECORD = 4

Item = dict[str, Any]  # as on the wire: {"name": {"S": "value"}}


@dataclass(frozen=True, kw_only=True)
class Found:
    """Raw records, newest first. `last_id` is where the search ended; None if there are no more."""

    items: Sequence[Item]
    last_id: str | None


@dataclass(frozen=True, kw_only=True)
class _Ids:
    """The next ids of one filter, newest first. `is_all`: there are no more."""

    ids: Sequence[str]
    is_all: bool

    def may_contain(self, id: str) -> bool:
        return id in self.ids or not (self.is_all or id >= self.ids[-1])


def find(owner: str, *, filters: Mapping[str, str], before_id: str | None, count: int) -> Found:
    """Return up to `count` videos that match all filters. There may be more if `last_id` is not None.

    The indexes and the records lag by a moment. With several filters, the search ends early instead of reading all
    videos of one filter.
    """
    items: list[Item] = []
    for _ in range(_MAX_ROUNDS):
        found = _round(owner, filters, before_id=before_id, count=count - len(items))
        items += [it for it in found.items if _matches(it, filters)]
        before_id = found.last_id
        if before_id is None or len(items) >= count or (items and len(filters) > 1):
            break
    return Found(items=items, last_id=before_id)


def _round(owner: str, filters: Mapping[str, str], *, before_id: str | None, count: int) -> Found:
    """Return records that may match. Without an index they are the next ones of any kind."""
    limit = count if len(filters) == 1 else max(count, _IDS_OF_SEVERAL_FILTERS)
    searched = (_of_filter(owner, name, it, before_id=before_id, limit=limit) for name, it in filters.items())
    found = [it for it in searched if it is not None]
    if not found:
        items, is_end = _query(owner, _before(before_id), index=None, limit=count)
        return Found(items=items, last_id=None if is_end else _id(items[-1]))
    ids, last_id = _common(found, count=count)
    return Found(items=list(_records(owner, ids)), last_id=last_id)


def _common(found: Sequence[_Ids], *, count: int) -> tuple[Sequence[str], str | None]:
    """Return the ids that all filters may have, and the id after which the search continues.

    The filter with the fewest videos decides: it has no more ids, or its ids go back the furthest.
    """
    fewest = min(found, key=lambda it: (not it.is_all, len(it.ids) if it.is_all else it.ids[-1]))
    ids = [id for id in fewest.ids if all(it.may_contain(id) for it in found)]
    if len(ids) > count:
        return ids[:count], ids[count - 1]
    return ids, None if fewest.is_all else fewest.ids[-1]


def _of_filter(owner: str, name: str, value: str, *, before_id: str | None, limit: int) -> _Ids | None:
    """Return the next ids of a filter; None if it has no index, and all of the owner's videos have to be read."""
    if name == "type" and value == USER_TYPE:
        return None
    keys = [filter_key(owner, it) for it in (_index_values(value) if name == "status" else (value,))]
    try:
        return _ids(keys, index=f"by_{name}", before_id=before_id, limit=limit)
    except QueryError as error:
        if aws.code(error) != "ValidationException":
            raise
        logger.warning("index not ready", extra={"index": f"by_{name}"})  # while a table is being upgraded
        return None


def _index_values(status: str) -> Collection[str]:
    """Return the keys of a status: its own is that of finished videos, and of older versions' unfinished ones."""
    if status == UNFINISHED_GROUP:
        return (UNFINISHED_GROUP,)
    return (UNFINISHED_GROUP, status) if status in UNFINISHED else (status,)


def _ids(keys: Sequence[str], *, index: str, before_id: str | None, limit: int) -> _Ids:
    found: list[str] = []
    is_all = True
    for key in keys:
        items, is_end = _query(key, _before(before_id), index=index, limit=limit)
        found += map(_id, items)
        is_all &= is_end
    ids = sorted(found, reverse=True)[:limit]
    return _Ids(ids=ids, is_all=is_all and len(ids) == len(found))


def _records(owner: str, ids: Sequence[str]) -> Iterator[Item]:
    """Yield the records with these ids, newest first, and skip missing ones."""
    found: dict[str, Item] = {}
    missing = list(ids)
    while len(missing) >= _NEIGHBORS_PER_RECORD:
        neighbors = Video.video_id.between(missing[-1], missing[0])
        items, is_end = _query(owner, neighbors, index=None, limit=len(missing))
        found |= {_id(it): it for it in items}
        count = len(missing)
        missing = [] if is_end else [id for id in missing if id < _id(items[-1])]
        if count - len(missing) < len(items) / _NEIGHBORS_PER_RECORD:
            break
    found |= {_id(it): it for it in _batch(owner, missing)}
    return (found[id] for id in ids if id in found)


def _batch(owner: str, ids: Sequence[str]) -> Iterator[Item]:
    table = Video.Meta.table_name
    for start in range(0, len(ids), _BATCH_SIZE):
        keys = [{"owner": {"S": owner}, "video_id": {"S": id}} for id in ids[start : start + _BATCH_SIZE]]
        wanted: Any = {table: {"Keys": keys}}
        while wanted:
            response = aws.dynamodb_client().batch_get_item(RequestItems=wanted)
            yield from response["Responses"].get(table, ())
            wanted = response.get("UnprocessedKeys")


def _query(key: str, range: Condition | None, *, index: str | None, limit: int) -> tuple[Sequence[Item], bool]:
    """Return the newest raw items of one Query, and whether they are all."""
    pages = Video.query(key, range, index_name=index, scan_index_forward=False, limit=limit, page_size=limit).page_iter
    items: Sequence[Item] = next(pages)["Items"]
    return items, pages.last_evaluated_key is None


def _matches(item: Item, filters: Mapping[str, str]) -> bool:
    """Compare the record itself, because an index lags and holds unfinished videos as one group."""
    status = _text(item, "status")
    return status != Status.DELETING and all(
        status in UNFINISHED if value == UNFINISHED_GROUP and name == "status" else _text(item, name) == value
        for name, value in filters.items()
    )


def _before(id: str | None) -> Condition | None:
    return None if id is None else Video.video_id < id


def _text(item: Item, name: str) -> str | None:
    text: str | None = item.get(name, {}).get("S")
    return text


def _id(item: Item) -> str:
    return str(item["video_id"]["S"])
