"""Video records: reads and conditional updates. Only this module writes a video's status."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import reduce
from operator import and_

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel import aws, dispatch_trigger, metrics
from keepreel.db import check_times, quotas, slots, transactions
from keepreel.db.status import PUBLISHED, UNFINISHED, Status, allowed_from, group
from keepreel.db.tables import Video, filter_key, in_flight_shard
from keepreel.db.transactions import Canceled
from keepreel.errors import Failure, LostRace, NotFound
from keepreel.logs import logger

# A write that depends on this must have it as its condition, because a submit may begin an attempt at any moment.
UNSENT = Video.attempt_token.does_not_exist() & Video.provider_task_id.does_not_exist()


def get(*, owner: str, video_id: str) -> Video:
    """Return the video as last written. Raises NotFound, also for another owner's video."""
    try:
        return Video.get(owner, video_id, consistent_read=True)
    except DoesNotExist:
        raise NotFound("There is no such video.") from None


def transition(video: Video, *, to: Status, actions: Iterable[Action] = (), condition: Condition | None = None) -> bool:
    """Change the status, if the transition from the present one is allowed, and refresh `video`.

    If the record already has the new status, return False: it was our own write, whose reply was lost, or the same
    transition by another worker. Raises LostRace if the record has another status or `condition` does not hold;
    `video` is refreshed then too.
    """
    is_allowed = Video.status.is_in(*allowed_from(to))
    changes = [*_transition_actions(video, to=to, now=datetime.now(UTC)), *actions]
    allowed = is_allowed if condition is None else is_allowed & condition
    if to == Status.SAVING and video.slot_token:  # the provider's job has ended
        return _let_go(video, [*changes, Video.dispatch_at.remove()], allowed, is_done=lambda: video.status == to)
    try:
        video.update(actions=changes, condition=allowed)
    except UpdateError as error:
        _refresh_after(video, error)
        if video.status != to:
            raise _lost_race(video) from error
        return False
    if to == Status.DELAYED:
        metrics.measure({"VideosDelayed": 1})
    return True


def close(
    video: Video,
    *,
    to: Status,
    actions: Iterable[Action] = (),
    condition: Condition | None = None,
    is_refunded: bool = False,
) -> None:
    """Give an unfinished video its last status and release its quotas in the same transaction, so exactly once.

    Otherwise like `transition`.
    """
    is_allowed = Video.status.is_in(*(allowed_from(to) & UNFINISHED))
    condition = is_allowed if condition is None else is_allowed & condition
    closing = [*_transition_actions(video, to=to, now=datetime.now(UTC)), *actions]
    closing += [Video.waiting_queue.remove(), Video.dispatch_at.remove()]

    def release_quotas(items: TransactWrite) -> None:
        quotas.release(items, video, is_refunded=is_refunded)

    _let_go(video, closing, condition, is_done=lambda: video.status == to, more=release_quotas)


def put_back(video: Video, actions: Iterable[Action], *conditions: Condition) -> None:
    """Let the slot of a video go that the provider did not accept, and put it back to its place in the queue.

    Raises LostRace if a condition does not hold.
    """
    back = [
        *actions,
        Video.waiting_queue.set(video.slot_queue),
        Video.restarts.set(int(video.restarts) + 1),  # the workflow ends; the next one has a new name
        Video.next_check_at.set(datetime.now(UTC) + check_times.WAITING_AFTER),
    ]
    is_open, token = Video.status.is_in(*UNFINISHED) & Video.provider_task_id.does_not_exist(), video.slot_token
    _let_go(video, back, reduce(and_, conditions, is_open), is_done=lambda: _waits_since(video, token))


def release_slot(video: Video) -> None:
    """Let the slot of an unfinished video go, which stays as it is otherwise. Raises LostRace."""
    token = video.slot_token
    _let_go(video, [], Video.status.is_in(*UNFINISHED), is_done=lambda: video.slot_token != token)


def waits(queue: str) -> Condition:
    """Return the condition that a video still waits in this queue."""
    is_waiting = Video.status.is_in(Status.QUEUED, Status.DELAYED) & (Video.waiting_queue == queue)
    condition: Condition = is_waiting & Video.slot_token.does_not_exist() & Video.error_code.does_not_exist() & UNSENT
    return condition


def update(video: Video, actions: Iterable[Action], *conditions: Condition) -> None:
    """Update an unfinished video without changing its status. Raises LostRace if a condition does not hold."""
    try:
        video.update(
            actions=[*actions, Video.updated_at.set(datetime.now(UTC))],
            condition=reduce(and_, conditions, Video.status.is_in(*UNFINISHED)),
        )
    except UpdateError as error:
        _refresh_after(video, error)
        raise LostRace(f"{video.video_id} was changed by another worker") from error


def record_failure(video: Video, failure: Failure, *conditions: Condition, actions: Iterable[Action] = ()) -> None:
    """Record once why the video fails. The step `fail` changes the status later, so a crash between loses no reason."""
    reason = [Video.error_code.set(failure.code), Video.error_message.set(failure.message)]
    update(video, [*reason, *actions], Video.error_code.does_not_exist(), *conditions)


def _transition_actions(video: Video, *, to: Status, now: datetime) -> list[Action]:
    """Return what every transition writes: the status, the time, and when the sweeper checks the video, if it does."""
    is_completed = to == Status.COMPLETED  # then the time is in `completed_at`
    actions = [Video.status.set(to), Video.updated_at.remove() if is_completed else Video.updated_at.set(now)]
    if to == Status.DELETING:
        shard, check_at = in_flight_shard(video.video_id), now + check_times.SAVE_HAS_ENDED_AFTER
        return [*actions, *_unlisted(), Video.in_flight_shard.set(shard), Video.next_check_at.set(check_at)]
    actions.append(Video.owner_status.set(filter_key(video.owner, group(to))))
    if to in UNFINISHED:
        return [*actions, *check_times.checked_by(video, check_times.next_check_at(video, status=to, now=now), now=now)]
    if to in PUBLISHED:  # until its event is published
        return [*actions, *check_times.checked_by(video, now + check_times.AFTER[Status.PROCESSING], now=now)]
    return [*actions, Video.in_flight_shard.remove(), Video.next_check_at.remove()]


def _unlisted() -> list[Action]:
    """Return the removal from the indexes of filtered lists."""
    return [Video.owner_status.remove(), Video.owner_type.remove(), Video.owner_model.remove()]


def _let_go(
    video: Video,
    actions: Iterable[Action],
    condition: Condition,
    *,
    is_done: Callable[[], bool],
    more: Callable[[TransactWrite], None] = lambda _: None,
) -> bool:
    """Update the record, let its slot go in the same transaction, and refresh `video`. Raises LostRace.

    If a condition does not hold, `is_done` says whether our own write, whose reply was lost, or another worker did it.
    Then return False.
    """
    queue, token = video.slot_queue, video.slot_token
    has_same_slot = Video.slot_token == token if token else Video.slot_token.does_not_exist()
    is_written = True

    def add_items(transaction: TransactWrite) -> None:
        transaction.update(video, actions=[*actions, *slots.released()], condition=condition & has_same_slot)
        more(transaction)

    try:
        _write_with_slot(video, add_items)
    except Canceled:
        is_written = False
    refresh(video)
    if token and video.slot_token != token:
        dispatch_trigger.request(queue)
    if not is_written and not is_done():
        raise _lost_race(video)
    return is_written


def _waits_since(video: Video, token: str) -> bool:
    """Return whether the video was put back into its queue after it had this slot. It may have the next one by now."""
    return video.status in UNFINISHED and (video.waiting_queue is not None or video.slot_token not in (None, token))


def _write_with_slot(video: Video, add_items: Callable[[TransactWrite], None]) -> None:
    """Write the items and delete the slot's item. A slot that is lost must not keep the record from being written."""

    def add_all(transaction: TransactWrite) -> None:
        if video.slot_token:
            slots.add_release(transaction, video)
        add_items(transaction)

    try:
        transactions.write(add_all)
    except Canceled as canceled:
        if not video.slot_token or any(canceled.failed[1:]):
            raise
        logger.error("slot lost", extra={"video_id": video.video_id, "queue": video.slot_queue})
        metrics.count("SlotLost")
        transactions.write(add_items)


def _lost_race(video: Video) -> LostRace:
    return LostRace(f"{video.video_id} was changed by another worker, and is {video.status} now")


def _refresh_after(video: Video, error: UpdateError) -> None:
    if not aws.is_failed_condition(error):
        raise error
    refresh(video)


def refresh(video: Video) -> None:
    """Read the record again, as last written. Raises NotFound."""
    try:
        video.refresh(consistent_read=True)
    except DoesNotExist:
        raise NotFound("There is no such video.") from None
