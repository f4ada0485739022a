"""Slots: the places of videos at their providers, one item for each held slot and one for the state of each queue."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DeleteError, DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db.tables import TableName, TableSettings, Video
from keepreel.logs import logger

STATE = -1  # the number of the item with the queue's state
_LAST = 10**9
_UNREADABLE = (LookupError, TypeError, ValueError)


class Slot(Model):
    """A slot that a video holds. A free slot has no item."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.slots_table)

    queue = UnicodeAttribute(hash_key=True)
    n = NumberAttribute(range_key=True)  # from 0
    owner = UnicodeAttribute()
    video_id = UnicodeAttribute()
    token = UnicodeAttribute()  # as on the video's record
    taken_at = UTCDateTimeAttribute()


class QueueState(Model):
    """What busy answers have shown about a queue. Without an item, the queue has its configured capacity."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.slots_table)

    queue = UnicodeAttribute(hash_key=True)
    n = NumberAttribute(range_key=True, default=STATE)
    learned = NumberAttribute(null=True)  # the number of videos that ran when the provider was busy
    learned_at = UTCDateTimeAttribute(null=True)
    paused_until = UTCDateTimeAttribute(null=True)  # the provider was busy although no video of ours ran
    pause_seconds = NumberAttribute(null=True)
    unanswered = NumberAttribute(null=True)  # submits without an answer, since the provider last answered one
    is_unreachable = BooleanAttribute(null=True)  # the pause is because the provider does not answer
    resumed_at = UTCDateTimeAttribute(null=True)  # the end of the last pause
    resumed_with = NumberAttribute(null=True)  # the number of held slots then


def held(queue: str, *, first: int = 0, last: int = _LAST) -> Iterator[Slot]:
    """Yield the held slots with these numbers, as last written. One that cannot be read does not hide the others."""
    return _readable(_items(queue, first=first, last=last, is_consistent=True))


def numbers(queue: str, *, first: int, last: int) -> set[int]:
    """Return the numbers of the held slots from `first` to `last`, also of those that cannot be read otherwise."""
    return {int(it["n"]["N"]) for it in _items(queue, first=first, last=last, is_consistent=True)}


def state(queue: str) -> QueueState:
    """Return the state of a queue, as last written. One that cannot be read is removed: the next answers show it."""
    empty = QueueState(queue, STATE)
    try:
        return QueueState.get(queue, STATE, consistent_read=True)
    except DoesNotExist:
        return empty
    except _UNREADABLE:
        logger.error("queue state unreadable", extra={"queue": queue})
        empty.delete()
        return empty


def overview(queue: str, *, last: int) -> tuple[QueueState, list[Slot]]:
    """Return the state of a queue and the held slots up to the number `last`, in one read that may lag a second."""
    found = aws.dynamodb_client().query(
        TableName=Slot.Meta.table_name,
        KeyConditionExpression="#queue = :queue AND #n <= :last",
        ExpressionAttributeNames={"#queue": "queue", "#n": "n"},
        ExpressionAttributeValues={":queue": {"S": queue}, ":last": {"N": str(last)}},
    )
    states = [QueueState.from_raw_data(it) for it in found["Items"] if it["n"]["N"] == str(STATE)]
    slots = [Slot.from_raw_data(it) for it in found["Items"] if it["n"]["N"] != str(STATE)]
    return (states[0] if states else QueueState(queue, STATE)), slots


def count(queue: str, *, first: int = 0) -> int:
    """Return the number of held slots, from the number `first` on."""
    return int(Slot.count(queue, Slot.n >= first, consistent_read=True))


def update_state(queue: str, actions: list[Action], condition: Condition | None = None) -> bool:
    """Change the state of a queue. Return False if the condition does not hold."""
    try:
        QueueState(queue, STATE).update(actions=actions, condition=condition)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        return False
    return True


def _items(queue: str, *, first: int, last: int, is_consistent: bool = False) -> Iterator[Mapping[str, Any]]:
    """Yield the items with these numbers. They are read raw, because one bad value must not stop the queue."""
    pages = (
        aws.dynamodb_client()
        .get_paginator("query")
        .paginate(
            TableName=Slot.Meta.table_name,
            KeyConditionExpression="#queue = :queue AND #n BETWEEN :first AND :last",
            ExpressionAttributeNames={"#queue": "queue", "#n": "n"},
            ExpressionAttributeValues={":queue": {"S": queue}, ":first": {"N": str(first)}, ":last": {"N": str(last)}},
            ConsistentRead=is_consistent,
        )
    )
    for page in pages:
        yield from page["Items"]


def _readable(items: Iterable[Mapping[str, Any]]) -> Iterator[Slot]:
    for item in items:
        try:
            slot = Slot.from_raw_data(dict(item))
        except _UNREADABLE:
            logger.error("slot unreadable", extra={"queue": item["queue"]["S"], "slot": item["n"]["N"]})
        else:
            yield slot


def new_token() -> str:
    return secrets.token_hex(4)


def add_take(transaction: TransactWrite, video: Video, *, queue: str, n: int, token: str, now: datetime) -> None:
    """Add the slot's item, on the condition that the slot is free."""
    slot = Slot(queue, n, owner=video.owner, video_id=video.video_id, token=token, taken_at=now)
    transaction.save(slot, condition=Slot.video_id.does_not_exist())


def add_release(transaction: TransactWrite, video: Video) -> None:
    """Delete the item of the video's slot, on the condition that it is this video's take."""
    transaction.delete(Slot(video.slot_queue, int(video.slot)), condition=Slot.token == video.slot_token)


def released() -> list[Action]:
    """Return the updates of a record that loses its slot."""
    names = (Video.slot_queue, Video.slot, Video.slot_token, Video.slot_taken_at, Video.is_probe)
    return [name.remove() for name in names]


def forget(slot: Slot) -> bool:
    """Delete a slot's item. Return False if it is gone, or if another take has it by now."""
    try:
        slot.delete(condition=Slot.token == slot.token)
    except DeleteError as error:
        if not aws.is_failed_condition(error):
            raise
        return False
    return True
