"""Kling's tasks: one per external id, with a concurrency limit per model, and finished by the passing of time."""

import math
import secrets
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

from local.simulators.core import tasks
from local.simulators.kling.bills import Bill
from local.simulators.kling.codes import ApiError
from local.simulators.kling.models import FLOWS
from local.simulators.kling.settings import KlingSettings
from local.simulators.kling.wanted import Choices, VideoRequest
from local.simulators.video.encoder_pool import EncoderPool

WATERMARKED = "-watermarked"  # follows the id of a task in the link of its second file
_SUBMITTED_SHARE = 0.1  # share of a task's time before its status is processing


@dataclass(kw_only=True)
class Task(tasks.Task):
    video_id: str
    api: str  # tasks or legacy
    kind: str
    choices: Choices
    bill: Bill
    callback_url: str | None
    failure: str | None
    watermarked: Future[bytes] | None = field(repr=False)

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
            seconds=self.choices.seconds,
            created_ms=int(self.created_at * 1000),
            updated_ms=int(self._changed_at(now) * 1000),
            link=link(self.id) if is_finished else None,
            watermark_link=link(self.id + WATERMARKED) if is_finished and self.watermarked else "",
            bill=self.bill,
        )

    @property
    def flow(self) -> str:
        return FLOWS[self.kind]

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return "succeeded" if self.failure is None else "failed"
        return "processing" if now >= self.starts_at else "submitted"

    def describe(self, now: float) -> dict[str, Any]:
        """Add the settings that the video really has, after the defaults of the model."""
        choices = {name: value for name, value in asdict(self.choices).items() if name != "prompt"}
        return {**super().describe(now), "kind": self.kind, "choices": {**choices, "usd": str(self.bill.usd)}}

    def _changed_at(self, now: float) -> float:
        return max((moment for moment in (self.starts_at, self.ends_at) if moment <= now), default=self.created_at)

    @property
    def starts_at(self) -> float:
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
    watermark_link: str
    bill: Bill


class Tasks(tasks.Tasks[Task]):
    def accept(
        self, request: VideoRequest, *, outcome: Outcome, now: float, settings: KlingSettings, encoder_pool: EncoderPool
    ) -> Task:
        """Create a task. Raises ApiError 1201 for an external id in use, and 1303 at the concurrency limit."""
        with self._lock:
            is_known = any(task.external_id == request.external_id for task in self._tasks.values())
            if request.external_id and is_known and settings.duplicate_ids == "refused":
                raise ApiError(1201, "external_task_id already exists")
            running = [task for task in self._tasks.values() if task.model == request.model and now < task.ends_at]
            if len(running) >= settings.concurrency:
                raise ApiError(1303)
            task = Task(
                id=_number(),
                video_id=_number(),
                api=request.api,
                kind=request.kind,
                model=request.model,
                external_id=request.external_id,
                choices=request.choices,
                bill=Bill(usd=request.choices.usd, paid_by=settings.billing),
                callback_url=request.callback_url,
                body=request.body,
                created_at=now,
                ends_at=now + settings.finish_seconds if outcome.ends else math.inf,
                failure=outcome.failure,
                video=None if outcome.failure is not None else encoder_pool.encode(request.scene),
                watermarked=encoder_pool.encode(request.watermarked)
                if request.watermarked and outcome.failure is None
                else None,
            )
            self._tasks[task.id] = task
            return task

    def among(self, api: str, kind: str | None = None) -> list[Task]:
        """Return the tasks of an API, newest first; all kinds without `kind`."""
        return [task for task in self.all() if task.api == api and kind in (None, task.kind)]


def by_external_id(tasks: Iterable[Task], ids: Collection[str], *, now: float, lag_seconds: float) -> list[Task]:
    """Return the tasks with these external ids. A new task is not found yet, as in an index with a lag."""
    return [task for task in tasks if task.external_id in ids and now >= task.created_at + lag_seconds]


def _number() -> str:
    return str(8 * 10**17 + secrets.randbelow(10**17))
