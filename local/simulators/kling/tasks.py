"""Kling's tasks: accepted once per caller's id, within the slots of a model, and finished by the clock alone."""

import math
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local.simulators.core import tasks
from local.simulators.core.settings import Settings
from local.simulators.kling.codes import Refusal
from local.simulators.kling.requests import Order
from local.simulators.video.encoder_pool import Studio

_SUBMITTED_SHARE = 0.1  # of a task's time, before it is processing


@dataclass(kw_only=True)
class Task(tasks.Task):
    video_id: str
    kind: str
    seconds: int
    price_usd: Decimal
    failure: str | None

    def snapshot(self, *, now: float, link: Callable[[str], str]) -> "Snapshot":
        """What the task looks like now; `link` makes the address of a finished video from the task's id."""
        status = self.status(now)
        is_made = status == "succeeded"
        return Snapshot(
            id=self.id,
            video_id=self.video_id,
            external_id=self.external_id,
            status=status,
            message=self.failure or "" if status == "failed" else "",
            seconds=self.seconds,
            created_ms=int(self.created_at * 1000),
            updated_ms=int(self._changed_at(now) * 1000),
            link=link(self.id) if is_made else None,
            cost_usd=f"{self.price_usd.normalize():f}" if is_made else "0",
        )

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return "succeeded" if self.failure is None else "failed"
        return "processing" if now >= self._starts_at else "submitted"

    def described(self, now: float) -> dict[str, Any]:
        return {**super().described(now), "kind": self.kind}

    def _changed_at(self, now: float) -> float:
        return max((moment for moment in (self._starts_at, self.ends_at) if moment <= now), default=self.created_at)

    @property
    def _starts_at(self) -> float:
        # One that never ends is processing soon, too.
        return self.created_at + min((self.ends_at - self.created_at) * _SUBMITTED_SHARE, 1)


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How a task will end: well, or with the failure's words, or not at all."""

    failure: str | None = None
    ends: bool = True


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A task at one moment, as both standards tell it."""

    id: str
    video_id: str
    external_id: str | None
    status: str
    message: str
    seconds: int
    created_ms: int
    updated_ms: int
    link: str | None
    cost_usd: str


class Tasks(tasks.Tasks[Task]):
    def accept(self, order: Order, *, fate: Fate, now: float, settings: Settings, studio: Studio) -> Task:
        """Raises Refusal 1201 for an external id that was accepted before, and 1303 when every slot is taken."""
        with self._lock:
            if order.external_id and any(task.external_id == order.external_id for task in self._tasks.values()):
                raise Refusal(1201, f"external_task_id {order.external_id} already exists")
            running = [task for task in self._tasks.values() if task.model == order.model and now < task.ends_at]
            if len(running) >= settings.concurrency:
                raise Refusal(1303)
            task = Task(
                id=_number(),
                video_id=_number(),
                kind=order.kind,
                model=order.model,
                external_id=order.external_id,
                seconds=order.seconds,
                price_usd=order.price_usd,
                body=order.body,
                created_at=now,
                ends_at=now + settings.finish_seconds if fate.ends else math.inf,
                failure=fate.failure,
                film=None if fate.failure is not None else studio.film(order.scene),
            )
            self._tasks[task.id] = task
            return task

    def among(self, kinds: Collection[str]) -> list[Task]:
        return [task for task in self.all() if task.kind in kinds]


def by_own_id(tasks: Iterable[Task], ids: Collection[str], *, now: float, lag_seconds: float) -> list[Task]:
    """Those that the caller's ids find; a task that is too new is not found yet, as in an index that lags."""
    return [task for task in tasks if task.external_id in ids and now >= task.created_at + lag_seconds]


def _number() -> str:
    return str(8 * 10**17 + secrets.randbelow(10**17))
