"""The tasks of a simulator: created by requests, and finished by the passing of time only."""

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar


@dataclass(kw_only=True)
class Task(ABC):
    id: str
    external_id: str | None  # chosen by the caller
    model: str
    body: dict[str, Any]  # as received, with a hash instead of an image
    created_at: float
    ends_at: float
    video: Future[bytes] | None = field(repr=False)

    @abstractmethod
    def status(self, now: float) -> str: ...

    def describe(self, now: float) -> dict[str, Any]:
        """Return the task as JSON for tests and scripts."""
        return {
            "id": self.id,
            "external_id": self.external_id,
            "model": self.model,
            "status": self.status(now),
            "body": self.body,
            "created_at": self.created_at,
        }


AnyTask = TypeVar("AnyTask", bound=Task)


class Tasks(Generic[AnyTask]):
    """All tasks behind one lock, so that concurrent creates never exceed the concurrency limit."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tasks: dict[str, AnyTask] = {}
        self._create_calls: dict[str, int] = {}
        self._unknown_fields: Counter[str] = Counter()

    def count_create(self, external_id: str) -> None:
        with self._lock:
            self._create_calls[external_id] = self._create_calls.get(external_id, 0) + 1

    def count_unknown_fields(self, names: Iterable[str]) -> None:
        """Count fields of a create request that the provider ignores, so that a test can check that none was sent."""
        with self._lock:
            self._unknown_fields.update(names)

    def get(self, id: str) -> AnyTask | None:
        return self._tasks.get(id)

    def all(self) -> list[AnyTask]:
        """Newest first."""
        with self._lock:
            return list(reversed(self._tasks.values()))

    def finish_after(self, seconds: float, *, now: float) -> None:
        """Move the end of running tasks, except those that never end."""
        with self._lock:
            for task in self._tasks.values():
                if now < task.ends_at < math.inf:
                    task.ends_at = max(now, task.created_at + seconds)

    def create_calls(self) -> dict[str, int]:
        with self._lock:
            return dict(self._create_calls)

    def unknown_fields(self) -> dict[str, int]:
        with self._lock:
            return dict(self._unknown_fields)

    def clear(self) -> None:
        with self._lock:
            self._unknown_fields.clear()
            self._tasks.clear()
            self._create_calls.clear()
