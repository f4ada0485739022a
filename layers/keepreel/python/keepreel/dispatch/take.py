"""Take a slot for a waiting video, and put a video into its queue. The record and the slot change together."""

from datetime import UTC, datetime

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel.db import check_times, slots, transactions, video_records
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.errors import LostRace
from keepreel.models import queues


def take(video: Video, *, n: int, is_probe: bool = False) -> bool:
    """Give this slot to a waiting video, and refresh `video`. Return False if the slot is taken.

    Raises LostRace if the video is no longer waiting: it has a slot, was canceled or deleted, or has failed.
    """
    queue, token, now = video.waiting_queue, slots.new_token(), datetime.now(UTC)
    taken: list[Action] = [
        Video.slot_queue.set(queue),
        Video.slot.set(n),
        Video.slot_token.set(token),
        Video.slot_taken_at.set(now),
        Video.waiting_queue.remove(),
        *check_times.checked_soon(video, now=now),
        *([Video.is_probe.set(True)] if is_probe else []),
    ]

    def add_items(transaction: TransactWrite) -> None:
        slots.add_take(transaction, video, queue=queue, n=n, token=token, now=now)
        transaction.update(video, actions=taken, condition=video_records.waits(queue))

    try:
        transactions.write(add_items)
    except Canceled as canceled:
        video_records.refresh(video)
        if video.slot_token == token:  # our own write, whose reply was lost
            return True
        _, is_video_gone = canceled.failed
        if is_video_gone or video.waiting_queue != queue:  # it may have got a slot since the transaction
            raise LostRace(f"{video.video_id} is no longer waiting") from None
        return False
    video_records.refresh(video)
    return True


def enqueue(video: Video) -> None:
    """Let a video wait that has neither a slot nor an attempt: one of an older version. Raises LostRace."""
    place = [
        Video.waiting_queue.set(queues.queue_of(video.model)),
        Video.dispatch_at.set(video.dispatch_at or video.created_at),
        Video.next_check_at.set(datetime.now(UTC) + check_times.WAITING_AFTER),
    ]
    video_records.update(
        video, place, Video.slot_token.does_not_exist(), Video.waiting_queue.does_not_exist(), video_records.UNSENT
    )
