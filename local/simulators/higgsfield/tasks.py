"""Higgsfield's requests: one per Idempotency-Key, within the account's slots, and let go of while they are queued."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.simulators.core import tasks
from local.simulators.higgsfield.codes import Refusal
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.video.encoder_pool import Scene, Studio


@dataclass(frozen=True, kw_only=True)
class Fate:
    """The word that a task will end with, and why; or that it will not end at all."""

    outcome: str = "completed"
    error: str = ""
    ends: bool = True


@dataclass(frozen=True, kw_only=True)
class Call:
    """A create request, apart from whether it is a good one."""

    key: str | None
    model: str
    body: dict[str, Any]
    life_seconds: float | None  # of the file, where the caller wants it shorter
    fingerprint: str = field(repr=False)  # the same for the same request alone


@dataclass(kw_only=True)
class Task(tasks.Task):
    fingerprint: str = field(repr=False)
    fate: Fate
    starts_at: float
    life_seconds: float | None

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return self.fate.outcome
        return "in_progress" if now >= self.starts_at else "queued"

    def file_dies_at(self, *, link_ttl_seconds: float) -> float:
        return self.ends_at + (link_ttl_seconds if self.life_seconds is None else self.life_seconds)


class Tasks(tasks.Tasks[Task]):
    def accept(
        self,
        call: Call,
        *,
        scene: Callable[[], Scene],
        fate: Fate,
        now: float,
        settings: HiggsfieldSettings,
        studio: Studio,
    ) -> tuple[Task, bool]:
        """The task, and whether it is new. `scene` is asked for a new one alone, and may refuse it.

        Raises Refusal 422 for a key that came with another request, and 400 when every slot is taken.
        """
        with self._lock:
            if known := self._under(call.key):
                if known.fingerprint != call.fingerprint:
                    raise Refusal(422, "Idempotency-Key was already used with different parameters")
                return known, False
            wanted = scene()
            if sum(now < task.ends_at for task in self._tasks.values()) >= settings.concurrency:
                words = f"Maximum number of concurrent requests ({settings.concurrency}) has been reached"
                raise Refusal(400, words)
            task = Task(
                id=str(uuid4()),
                external_id=call.key,
                model=call.model,
                body=call.body,
                fingerprint=call.fingerprint,
                fate=fate,
                life_seconds=call.life_seconds,
                created_at=now,
                starts_at=now + settings.queued_for_seconds,
                ends_at=now + settings.finish_seconds if fate.ends else math.inf,
                film=studio.film(wanted) if fate.outcome == "completed" else None,
            )
            self._tasks[task.id] = task
            return task, True

    def cancel(self, task: Task, *, now: float) -> None:
        with self._lock:
            if (status := task.status(now)) != "queued":
                raise Refusal(400, f"Request can not be canceled: it is {status}")
            # Who reads without the lock never finds a canceled task with a film.
            task.film, task.fate, task.ends_at = None, Fate(outcome="canceled"), now

    def delete_data(self, task: Task, *, now: float) -> None:
        """Any number of times; the request itself stays, without its file."""
        with self._lock:
            if now < task.ends_at:
                raise Refusal(400, "Request can not be deleted: it is not finished")
            task.film = None

    def start_after(self, seconds: float, *, now: float) -> None:
        """Gives the tasks that are still queued a new start."""
        with self._lock:
            for task in self._tasks.values():
                if task.status(now) == "queued":
                    task.starts_at = max(now, task.created_at + seconds)

    def _under(self, key: str | None) -> Task | None:
        return next((task for task in self._tasks.values() if key is not None and task.external_id == key), None)


def utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
