"""Higgsfield's tasks: one per Idempotency-Key, with a limit per account, and cancelable while queued."""

import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from local.simulators.core import tasks
from local.simulators.higgsfield import prices
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.models import VideoRequest
from local.simulators.higgsfield.scenes import Film
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.video.encoder_pool import EncoderPool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The final status of a task and its error, or that it never ends."""

    status: str = "completed"
    error: str = ""
    ends: bool = True

    @property
    def is_completed(self) -> bool:
        return self.status.lower() == "completed"


@dataclass(frozen=True, kw_only=True)
class CreateRequest:
    """A create request before validation of its body."""

    key: str | None
    model: str
    body: dict[str, Any]
    webhook_url: str | None
    file_ttl_seconds: float | None  # None means the default
    fingerprint: str = field(repr=False)  # equal only for equal requests


@dataclass(kw_only=True)
class Task(tasks.Task):
    fingerprint: str = field(repr=False)
    video_request: VideoRequest = field(repr=False)
    credits: Decimal | None  # charged if the video is completed; None if the model has no price in numbers
    webhook_url: str | None
    outcome: Outcome
    starts_at: float
    file_ttl_seconds: float | None

    def status(self, now: float) -> str:
        if now >= self.ends_at:
            return self.outcome.status
        return "in_progress" if now >= self.starts_at else "queued"

    def file_expires_at(self, *, link_ttl_seconds: float) -> float:
        """The request can only shorten the lifetime of the account."""
        return self.ends_at + min(link_ttl_seconds, self.file_ttl_seconds or math.inf)

    def describe(self, now: float) -> dict[str, Any]:
        """Add what the vendor never says: the fields with their defaults, the ignored fields, and the bill."""
        ended = now >= self.ends_at
        is_charged = self.outcome.is_completed or not ended  # a request that fails is refunded
        credits = None if self.credits is None else prices.thousandths(self.credits if is_charged else Decimal(0))
        return {
            **super().describe(now),
            "used_fields": dict(self.video_request.values),
            "ignored_fields": list(self.video_request.ignored_fields),
            "has_sound": self.video_request.has_sound,
            "credits": credits,
        }


class Tasks(tasks.Tasks[Task]):
    def accept(
        self,
        request: CreateRequest,
        *,
        film: Callable[[], Film],
        outcome: Outcome,
        now: float,
        settings: HiggsfieldSettings,
        encoder_pool: EncoderPool,
    ) -> tuple[Task, bool]:
        """Return the task and whether it is new. `film` is called only for a new task, and may raise ApiError.

        Raises ApiError 422 for a key that was used for another request, and 400 at the concurrency limit.
        """
        with self._lock:
            if known := self._by_key(request.key):
                if known.fingerprint != request.fingerprint:
                    raise ApiError(422, "Idempotency-Key was already used with different parameters")
                return known, False
            new_film = film()
            if sum(now < task.ends_at for task in self._tasks.values()) >= settings.concurrency:
                raise ApiError(400, f"Maximum number of concurrent requests ({settings.concurrency}) has been reached")
            video = encoder_pool.encode(new_film.scene) if outcome.is_completed else None
            self._unknown_fields.update(new_film.video.ignored_fields)
            task = _task(request, new_film, outcome=outcome, now=now, settings=settings, video=video)
            self._tasks[task.id] = task
            return task, True

    def cancel(self, task: Task, *, now: float) -> None:
        with self._lock:
            if task.status(now) != "queued":
                raise ApiError(400, "Request can not be canceled")
            # In this order, a reader without the lock never sees a canceled task with a video.
            task.video, task.outcome, task.ends_at = None, Outcome(status="canceled"), now

    def delete_data(self, task: Task, *, now: float) -> None:
        """Delete the video of a finished task. The task remains. Calling it again is allowed."""
        with self._lock:
            if now < task.ends_at:
                raise ApiError(400, "Request can not be deleted: it is not finished")
            task.video = None

    def start_after(self, seconds: float, *, now: float) -> None:
        """Move the start of queued tasks."""
        with self._lock:
            for task in self._tasks.values():
                if task.status(now) == "queued":
                    task.starts_at = max(now, task.created_at + seconds)

    def _by_key(self, key: str | None) -> Task | None:
        return next((task for task in self._tasks.values() if key is not None and task.external_id == key), None)


def _task(
    request: CreateRequest,
    film: Film,
    *,
    outcome: Outcome,
    now: float,
    settings: HiggsfieldSettings,
    video: Future[bytes] | None,
) -> Task:
    return Task(
        id=str(uuid4()),
        external_id=request.key,
        model=request.model,
        body=request.body,
        fingerprint=request.fingerprint,
        video_request=film.video,
        credits=prices.charged(film.video, size=film.size, discount_percent=settings.discount_percent),
        webhook_url=request.webhook_url,
        outcome=outcome,
        file_ttl_seconds=request.file_ttl_seconds,
        created_at=now,
        starts_at=now + settings.queued_for_seconds,
        ends_at=now + settings.finish_seconds if outcome.ends else math.inf,
        video=video,
    )
