"""A Kling task, and what each of Kling's two API standards must be able to do with one."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from keepreel.providers.base import Job, Submission
from keepreel.providers.kling.client import Answer


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task, whichever standard told of it. Only `id` is sure to be there."""

    id: str
    video_id: str | None = None  # ours, which Kling calls the external id
    status: str | None = None  # Kling's own word
    reason: str = field(default="", repr=False)  # why it failed, in Kling's own words
    video_url: str | None = field(default=None, repr=False)
    cost_usd: float | None = None


class Standard(Protocol):
    def prepare(self, job: Job) -> Submission: ...

    def path_by_video_id(self, job: Job) -> str: ...

    def path_by_task_id(self, job: Job) -> str: ...

    def tasks(self, answer: Answer) -> list[Task] | None:
        """The tasks that an answer tells of; none is a clear answer too, None is no clear answer."""
        ...


def amount(value: object) -> float | None:
    """A sum of money, which Kling writes as a text; None unless it is more than nothing."""
    try:
        number = float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None
