"""The room in a queue: how many slots it has now, which of them are free, and whether it is paused.

A provider that is busy although fewer videos run than configured lowers the capacity for a while. One that is busy
although none runs, or that has a rate limit or an outage, pauses the queue: then one video at a time is a probe.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from keepreel.db import slots
from keepreel.db.slots import QueueState
from keepreel.logs import logger
from keepreel.models import queues
from keepreel.settings import settings

_WINDOW = 100  # slots that are read at once
_ONE_MORE_AFTER = timedelta(minutes=10)
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 300
_PROBE_SECONDS = 60  # longer than a submit runs


@dataclass(frozen=True, kw_only=True)
class Room:
    """The free slots of a queue that may be taken now, in random order. `is_probe`: only one, as a probe."""

    free: tuple[int, ...] = ()
    is_probe: bool = False
    paused_seconds: float = 0  # left of a pause


def find(queue: str, *, now: datetime) -> Room:
    """Return the room in a queue. With more than a hundred slots, it looks at a random hundred of them."""
    state = slots.state(queue)
    if state.paused_until is not None and state.paused_until > now:
        return Room(paused_seconds=(state.paused_until - now).total_seconds())
    limit = capacity(queue, state, now=now)
    first = random.randrange(0, limit, _WINDOW) if limit > _WINDOW else 0  # noqa: S311  # no secret
    numbers = range(first, min(first + _WINDOW, limit))
    held = {int(slot.n) for slot in slots.held(queue, first=numbers.start, last=numbers.stop - 1)} if numbers else set()
    free = [n for n in numbers if n not in held]
    random.shuffle(free)  # two dispatchers at once must not try the same slots
    if state.pause_seconds is None:
        return Room(free=tuple(free))
    return Room(free=tuple(free[:1]), is_probe=True)


def capacity(queue: str, state: QueueState, *, now: datetime) -> int:
    """Return the number of slots: as configured, or what a busy answer has shown and one more every ten minutes."""
    configured = queues.capacity(queue)
    if state.learned is None or state.learned_at is None:
        return configured
    return min(configured, max(1, int(state.learned) + (now - state.learned_at) // _ONE_MORE_AFTER))


def begin_probe(queue: str) -> bool:
    """Reserve the next minute for one probe. Return False if another dispatcher has done so."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=_PROBE_SECONDS)
    return slots.update_state(
        queue,
        [QueueState.paused_until.set(until)],
        QueueState.paused_until.does_not_exist() | (QueueState.paused_until <= now),
    )


def provider_is_busy(queue: str, *, is_at_capacity: bool) -> None:
    """Learn from a busy answer, while the video still has its slot."""
    now, state = datetime.now(UTC), slots.state(queue)
    running = slots.count(queue) - 1 if is_at_capacity else 0  # without the video that was not accepted
    if running > 0:
        logger.warning("provider at capacity", extra={"queue": queue, "running": running})
        slots.update_state(queue, [QueueState.learned.set(running), QueueState.learned_at.set(now)])
        return
    pause = min(_LONGEST_PAUSE_SECONDS, 2 * int(state.pause_seconds or 0) or _FIRST_PAUSE_SECONDS)
    logger.warning("queue paused", extra={"queue": queue, "seconds": pause})
    until = now + timedelta(seconds=pause * settings().wait_scale)
    slots.update_state(queue, [QueueState.pause_seconds.set(pause), QueueState.paused_until.set(until)])


def probe_was_accepted(queue: str) -> None:
    """End the pause: the provider has room again."""
    names = (QueueState.pause_seconds, QueueState.paused_until, QueueState.learned, QueueState.learned_at)
    slots.update_state(queue, [name.remove() for name in names])
