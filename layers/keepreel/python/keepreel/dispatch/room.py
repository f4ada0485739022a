"""The room in a queue: how many slots it has now, which of them are free, and whether it is paused.

A provider that is busy although fewer videos run than configured lowers the capacity for a while. One that is busy
although none runs, or that has a rate limit or an outage, pauses the queue: then one video at a time is a probe. So
does a provider that leaves three submits in a row without an answer: each may be charged and holds a slot. After
an accepted probe the number of running videos may double every ten seconds, so that it does not cause the next pause.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.expressions.update import Action

from keepreel.db import slots
from keepreel.db.slots import QueueState
from keepreel.logs import logger
from keepreel.models import queues
from keepreel.settings import settings

_WINDOW = 100  # slots that are read at once
_ONE_MORE_AFTER = timedelta(minutes=10)
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 300
_UNANSWERED_BEFORE_PAUSE = 3
_PROBE_SECONDS = 60  # longer than a submit runs
_DOUBLED_AFTER_SECONDS = 10
_MAX_DOUBLINGS = 20


@dataclass(frozen=True, kw_only=True)
class Room:
    """The free slots of a queue that may be taken now, in random order. `is_probe`: only one, as a probe.

    `is_watched`: the provider has left a submit without an answer, and the next accepted one ends that.
    """

    free: tuple[int, ...] = ()
    is_probe: bool = False
    is_watched: bool = False
    wait_seconds: float = 0  # without free slots: until the pause ends, or until the capacity doubles


def find(queue: str, *, now: datetime) -> Room:
    """Return the room in a queue."""
    state = slots.state(queue)
    if state.paused_until is not None and now < state.paused_until <= _latest_end(now):
        return Room(wait_seconds=(state.paused_until - now).total_seconds())
    free = _free(queue, capacity(queue, state, now=now))
    random.shuffle(free)  # two dispatchers at once must not try the same slots
    if state.pause_seconds is not None:
        return Room(free=tuple(free[:1]), is_probe=True)
    wait_seconds = 0 if free else _until_doubled(queue, state, now=now)
    return Room(free=tuple(free), is_watched=bool(state.unanswered), wait_seconds=wait_seconds)


def capacity(queue: str, state: QueueState, *, now: datetime) -> int:
    """Return the number of slots: as configured, or fewer after a busy answer or a pause.

    What a busy answer has shown grows by 1, 3, 7 … after 10, 20, 30 … minutes without another one.
    """
    limit: int = queues.capacity(queue)
    if state.learned is not None and state.learned_at is not None:
        doublings = min((now - state.learned_at) // _ONE_MORE_AFTER, _MAX_DOUBLINGS)
        limit = min(limit, max(1, int(state.learned) + 2 ** max(0, doublings) - 1))
    if state.resumed_at is not None and state.resumed_with is not None and settings().wait_scale:
        limit = min(limit, _resumed_limit(state, now=now))
    return limit


def begin_probe(queue: str) -> bool:
    """Reserve the next minute for one probe. Return False if another dispatcher has done so."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=_PROBE_SECONDS)
    return slots.update_state(
        queue,
        [QueueState.paused_until.set(until)],
        QueueState.paused_until.does_not_exist()
        | (QueueState.paused_until <= now)
        | (QueueState.paused_until > _latest_end(now)),
    )


def end_probe(queue: str) -> None:
    """Let the next probe follow at once: this one has ended, but not because the provider is busy or has room."""
    slots.update_state(queue, [QueueState.paused_until.set(datetime.now(UTC))], QueueState.pause_seconds.exists())


def provider_is_busy(
    queue: str,
    *,
    is_at_capacity: bool,
    taken_at: datetime | None = None,
    is_probe: bool = False,
    is_unreachable: bool = False,
) -> None:
    """Learn from a busy answer to a video that got its slot at `taken_at`, while the video still has it.

    If fewer videos run than at the last busy answer, the provider has a problem or is used by others: the queue pauses
    too, because otherwise each video that ends would cause one more busy answer. `is_unreachable`: there was no
    connection to the provider at all.
    """
    state = slots.state(queue)
    running = slots.count(queue) - 1 if is_at_capacity else 0  # without the video that was not accepted
    has_fewer = running > 0 and _has_fewer(state, running, taken_at=taken_at)
    if running > 0 and (is_probe or not has_fewer):
        logger.warning("provider at capacity", extra={"queue": queue, "running": running})
        _lower(queue, running)
    if running > 0 and not has_fewer:
        if is_probe:  # the provider counts our videos again
            _resume(queue)
    elif is_probe or state.pause_seconds is None:  # else this video was sent before the pause, so it shows nothing new
        _pause(queue, state, is_empty=is_at_capacity and running <= 0, is_unreachable=is_unreachable)


def provider_did_not_answer(queue: str, *, is_probe: bool = False) -> None:
    """Count a submit without an answer. A probe's, or the third in a row, pauses the queue."""
    slots.update_state(queue, [QueueState.unanswered.add(1)])
    state = slots.state(queue)
    is_paused = state.pause_seconds is not None
    if is_probe if is_paused else int(state.unanswered or 0) >= _UNANSWERED_BEFORE_PAUSE:
        _pause(queue, state, is_unreachable=True)


def probe_was_accepted(queue: str) -> None:
    """End the pause: the provider has room again. Without a pause, it only has answered again."""
    if not slots.update_state(queue, [QueueState.unanswered.remove()], QueueState.pause_seconds.does_not_exist()):
        _resume(queue)


def end_outage(queue: str) -> bool:
    """End a pause that is because the provider did not answer. Return whether there was one."""
    is_outage = bool(slots.state(queue).is_unreachable)
    if is_outage:
        _resume(queue)
    return is_outage


def _free(queue: str, limit: int) -> list[int]:
    """Return free slots below the limit, no more than there is room for. Of many, some are enough.

    A slot above the limit was taken before the limit was lowered, and counts until its video lets it go.
    """
    windows = [range(first, min(first + _WINDOW, limit)) for first in range(0, limit, _WINDOW)]
    random.shuffle(windows)
    excess = slots.count(queue, first=limit)
    free: list[int] = []
    for window in windows:
        held = slots.numbers(queue, first=window.start, last=window.stop - 1)
        free += (n for n in window if n not in held)
        if len(free) > excess:
            break
    return free[: max(0, len(free) - excess)]


def _has_fewer(state: QueueState, running: int, *, taken_at: datetime | None) -> bool:
    """Return whether fewer videos run than when the capacity was lowered, for a video that got its slot after that."""
    if state.learned is None or state.learned_at is None or taken_at is None:
        return False
    is_fresh = datetime.now(UTC) - state.learned_at < _ONE_MORE_AFTER
    return bool(is_fresh and taken_at > state.learned_at and running < state.learned)


def _lower(queue: str, running: int) -> None:
    """Lower the capacity to what runs; by one if it is that low, because each of many busy answers at once counts."""
    now, learned, learned_at = datetime.now(UTC), QueueState.learned, QueueState.learned_at
    is_higher = learned.does_not_exist() | (learned > running) | (learned_at <= now - _ONE_MORE_AFTER)
    if not slots.update_state(queue, [learned.set(running), learned_at.set(now)], is_higher):
        slots.update_state(queue, [learned.set(learned - 1), learned_at.set(now)], learned > 1)


def _pause(queue: str, state: QueueState, *, is_empty: bool = False, is_unreachable: bool = False) -> None:
    """Pause the queue, twice as long as the last time. One of several workers that read the same state does so."""
    seconds = min(_LONGEST_PAUSE_SECONDS, 2 * int(state.pause_seconds or 0) or _FIRST_PAUSE_SECONDS)
    until = datetime.now(UTC) + timedelta(seconds=seconds * settings().wait_scale)
    actions: list[Action] = [QueueState.pause_seconds.set(seconds), QueueState.paused_until.set(until)]
    actions += [QueueState.is_unreachable.set(True)] if is_unreachable else _answered()
    if is_empty:  # it has no room at all, so what was learned on the way down says nothing about its capacity
        actions += [QueueState.learned.remove(), QueueState.learned_at.remove()]
    seen = QueueState.pause_seconds
    is_as_read = seen.does_not_exist() if state.pause_seconds is None else seen == state.pause_seconds
    if slots.update_state(queue, actions, is_as_read):
        logger.warning("queue paused", extra={"queue": queue, "seconds": seconds, "is_unreachable": is_unreachable})


def _resume(queue: str) -> None:
    running = max(1, slots.count(queue))
    ended = [QueueState.pause_seconds.remove(), QueueState.paused_until.remove()]
    growth = [QueueState.resumed_at.set(datetime.now(UTC)), QueueState.resumed_with.set(running)]
    slots.update_state(queue, [*ended, *_answered(), *growth])


def _answered() -> list[Action]:
    return [QueueState.unanswered.remove(), QueueState.is_unreachable.remove()]


def _latest_end(now: datetime) -> datetime:
    """Return the latest time at which a pause can end. A later one was not written by this module."""
    return now + timedelta(seconds=2 * _LONGEST_PAUSE_SECONDS * max(1, settings().wait_scale))


def _resumed_limit(state: QueueState, *, now: datetime) -> int:
    """Return the capacity since the end of the last pause: at least 2, also if the stored number is damaged."""
    limit: int = max(1, int(state.resumed_with)) * 2 ** (1 + _doublings(state, now=now))
    return limit


def _doublings(state: QueueState, *, now: datetime) -> int:
    elapsed = (now - state.resumed_at).total_seconds()
    return max(0, min(int(elapsed / (_DOUBLED_AFTER_SECONDS * settings().wait_scale)), _MAX_DOUBLINGS))


def _until_doubled(queue: str, state: QueueState, *, now: datetime) -> float:
    """Return the seconds until the capacity doubles, 0 if the end of a pause does not limit it."""
    if state.resumed_at is None or state.resumed_with is None or not settings().wait_scale:
        return 0
    doublings = _doublings(state, now=now)
    if _resumed_limit(state, now=now) > capacity(queue, state, now=now):
        return 0
    step = _DOUBLED_AFTER_SECONDS * settings().wait_scale
    return max(0.0, (doublings + 1) * step - (now - state.resumed_at).total_seconds())
