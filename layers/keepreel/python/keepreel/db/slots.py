"""Slots: the places of videos at their providers, one item for each held slot and one for the state of each queue."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DeleteError, DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db.tables import TableName, TableSettings, Video

STATE = -1  # the number of the item with the queue's state
_LAST = 10**9


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
    """Return the held slots with these numbers, as last written."""
    return iter(Slot.query(queue, Slot.n.between(first, last), consistent_read=True))


def state(queue: str) -> QueueState:
    """Return the state of a queue, as last written."""
    try:
        return QueueState.get(queue, STATE, consistent_read=True)
    except DoesNotExist:
        return QueueState(queue, STATE)


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
