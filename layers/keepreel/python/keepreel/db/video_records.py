"""Reading and moving a video's record; the only place that writes a status."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel.db import quotas, transactions
from keepreel.db import status as statuses
from keepreel.db.status import ANNOUNCED, UNFINISHED, Status
from keepreel.db.tables import Video, faceted, in_flight_shard
from keepreel.db.transactions import Canceled
from keepreel.errors import Failure, LostRace, NotFound

# When the sweeper should look, if nobody has moved the record since: soon where a start may have been lost, past the
# five minutes of a workflow, past every retry of a save.
LOOK_AFTER = {
    Status.QUEUED: timedelta(minutes=1),
    Status.PROCESSING: timedelta(minutes=6),
    Status.SAVING: timedelta(minutes=20),
}
_SAVER_IS_GONE_AFTER = timedelta(minutes=10)  # one runs for five at most
_DELAYED_LOOK_AFTER = (timedelta(minutes=5), timedelta(hours=6))


def get(*, owner: str, video_id: str) -> Video:
    """The video as last written. Raises NotFound, also for what belongs to somebody else."""
    try:
        return Video.get(owner, video_id, consistent_read=True)
    except DoesNotExist:
        raise NotFound("There is no such video.") from None


def look_again_at(video: Video, *, status: Status, now: datetime) -> datetime:
    """When the sweeper should look at an unfinished video: the longer the provider takes over it, the less often."""
    if status != Status.DELAYED:
        return now + LOOK_AFTER[status]
    soonest, latest = _DELAYED_LOOK_AFTER
    if video.attempt_token is None and video.provider_task_id is None:
        return now + soonest  # the provider is busy; who has waited longest should not ask least often
    return now + min(max(soonest, (now - video.created_at) / 8), latest)


def move(video: Video, *, to: Status, actions: Iterable[Action] = (), condition: Condition | None = None) -> None:
    """Moves the video to a status, if it stands in one from which that is allowed, and refreshes `video`.

    Finding it there already is success: it was our own write, whose reply was lost, or another worker's same move.
    Raises LostRace when it stands elsewhere or `condition` does not hold; `video` is refreshed then too.
    """
    allowed = Video.status.is_in(*statuses.origins(to))
    now = datetime.now(UTC)
    try:
        video.update(
            actions=[*moving(video, to=to, now=now), *actions],
            condition=allowed if condition is None else allowed & condition,
        )
    except UpdateError as error:
        _read_back(video, error)
        if video.status != to:
            raise LostRace(f"{video.video_id} is {video.status}, so it cannot become {to}") from error


def close(
    video: Video,
    *,
    to: Status,
    actions: Iterable[Action] = (),
    condition: Condition | None = None,
    is_given_back: bool = False,
) -> None:
    """Moves an unfinished video to a status that ends it; what it held of its payer's limits is let go in the same
    transaction, so exactly once. Otherwise like `move`.
    """
    allowed = Video.status.is_in(*(statuses.origins(to) & UNFINISHED))
    closing = [*moving(video, to=to, now=datetime.now(UTC)), *actions]

    def fill(transaction: TransactWrite) -> None:
        transaction.update(video, actions=closing, condition=allowed if condition is None else allowed & condition)
        quotas.leave(transaction, video, is_given_back=is_given_back)

    with suppress(Canceled):  # perhaps by our own write, whose reply was lost
        transactions.write(fill)
    _refresh(video)
    if video.status != to:
        raise LostRace(f"{video.video_id} is {video.status}, so it cannot become {to}")


def moving(video: Video, *, to: Status, now: datetime) -> list[Action]:
    """What every move writes: the status, the time, and when the sweeper should look, if it should."""
    actions = [Video.status.set(to), Video.owner_status.set(faceted(video.owner, to)), Video.updated_at.set(now)]
    if to in UNFINISHED:
        return [*actions, Video.next_check_at.set(look_again_at(video, status=to, now=now))]
    if to in ANNOUNCED:
        return [*actions, Video.next_check_at.set(now + LOOK_AFTER[Status.QUEUED])]  # until the bus was told
    if to == Status.DELETING:
        shard, look_at = in_flight_shard(video.video_id), now + _SAVER_IS_GONE_AFTER
        return [*actions, Video.in_flight_shard.set(shard), Video.next_check_at.set(look_at)]
    return [*actions, Video.in_flight_shard.remove(), Video.next_check_at.remove()]


def note(video: Video, actions: Iterable[Action], *conditions: Condition) -> None:
    """Writes facts on an unfinished video without moving it. Raises LostRace when a condition does not hold."""
    try:
        video.update(
            actions=[*actions, Video.updated_at.set(datetime.now(UTC))],
            condition=reduce(and_, conditions, Video.status.is_in(*UNFINISHED)),
        )
    except UpdateError as error:
        _read_back(video, error)
        raise LostRace(f"{video.video_id} was changed by another worker") from error


def note_failure(video: Video, failure: Failure, *conditions: Condition, actions: Iterable[Action] = ()) -> None:
    """Writes the verdict, once, before the status follows (`failing`): a crash between them loses no reason."""
    verdict = [Video.error_code.set(failure.code), Video.error_message.set(failure.message)]
    note(video, [*verdict, *actions], Video.error_code.does_not_exist(), *conditions)


def _read_back(video: Video, error: UpdateError) -> None:
    if error.cause_response_code != "ConditionalCheckFailedException":
        raise error
    _refresh(video)


def _refresh(video: Video) -> None:
    try:
        video.refresh(consistent_read=True)
    except DoesNotExist:
        raise NotFound("There is no such video.") from None
