"""Kling's tasks: one per external id, with a concurrency limit per model, and finished by the passing of time."""

import math
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local.simulators.core import tasks
from local.simulators.core.settings import Settings
from local.simulators.kling.codes import ApiError
from local.simulators.kling.requests import VideoRequest
from local.simulators.video.encoder_pool import EncoderPool

_SUBMITTED_SHARE = 0.1  # share of a task's time before its status is processing


@dataclass(kw_only=True)
class Task(tasks.Task):
    video_id: str
    kind: str
    seconds: int
    price_usd: Decimal
    failure: str | None

    def snapshot(self, *, now: float, link: Callable[[str], str]) -> "Snapshot":
        """Return the task at this moment; `link` returns the download URL for the id of a finished task."""
        status = self.status(now)
        is_finished = status == "succeeded"
        return Snapshot(
            id=self.id,
            video_id=self.video_id,
            external_id=self.external_id,
            status=status,
            message=self.failure or "" if status == "failed" else "",
            seconds=self.seconds,
            created_ms=int(self.created_at * 1000),
            updated_ms=int(self._changed_at(now) * 1000),
            link=link(self.id) if is_finished else None,
            cost_usd=f"{self.price_usd.normalize():f}" if is_finished else "0",
        )

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return "succeeded" if self.failure is None else "failed"
        return "processing" if now >= self._starts_at else "submitted"

    def describe(self, now: float) -> dict[str, Any]:
        return {**super().describe(now), "kind": self.kind}

    def _changed_at(self, now: float) -> float:
        return max((moment for moment in (self._starts_at, self.ends_at) if moment <= now), default=self.created_at)

    @property
    def _starts_at(self) -> float:
        # At most one second, because a task that never ends is processing soon, too.
        return self.created_at + min((self.ends_at - self.created_at) * _SUBMITTED_SHARE, 1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a task ends: successfully, with a failure message, or never."""

    failure: str | None = None
    ends: bool = True


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A task at one moment, with the fields that both APIs return."""

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
    def accept(
        self, request: VideoRequest, *, outcome: Outcome, now: float, settings: Settings, encoder_pool: EncoderPool
    ) -> Task:
        """Create a task. Raises ApiError 1201 for an external id in use, and 1303 at the concurrency limit."""
        with self._lock:
            if request.external_id and any(task.external_id == request.external_id for task in self._tasks.values()):
                raise ApiError(1201, f"external_task_id {request.external_id} already exists")
            running = [task for task in self._tasks.values() if task.model == request.model and now < task.ends_at]
            if len(running) >= settings.concurrency:
                raise ApiError(1303)
            task = Task(
                id=_number(),
                video_id=_number(),
                kind=request.kind,
                model=request.model,
                external_id=request.external_id,
                seconds=request.seconds,
                price_usd=request.price_usd,
                body=request.body,
                created_at=now,
                ends_at=now + settings.finish_seconds if outcome.ends else math.inf,
                failure=outcome.failure,
                video=None if outcome.failure is not None else encoder_pool.encode(request.scene),
            )
            self._tasks[task.id] = task
            return task

    def among(self, kinds: Collection[str]) -> list[Task]:
        return [task for task in self.all() if task.kind in kinds]


def by_external_id(tasks: Iterable[Task], ids: Collection[str], *, now: float, lag_seconds: float) -> list[Task]:
    """Return the tasks with these external ids. A new task is not found yet, as in an index with a lag."""
    return [task for task in tasks if task.external_id in ids and now >= task.created_at + lag_seconds]


def _number() -> str:
    return str(8 * 10**17 + secrets.randbelow(10**17))
