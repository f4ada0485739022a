"""Kling tasks: the dataclass, Kling's status words, and the interface of the two API standards."""

from dataclasses import dataclass, field
from typing import Protocol

from keepreel.providers.base import Bill, Job, Submission
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.task_status import COMMON_WORDS, TaskStatus

STATUS_WORDS = {**COMMON_WORDS, "submitted": TaskStatus.RUNNING}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task from either API standard. Only `id` is always present."""

    id: str
    video_id: str | None = None  # Kling's external id
    status: str | None = None  # Kling's word
    reason: str = field(default="", repr=False)  # why it failed, in Kling's words
    video_url: str | None = field(default=None, repr=False)
    watermarked_url: str | None = field(default=None, repr=False)  # of a second file, if a watermark was requested
    bill: Bill | None = None


class ApiStandard(Protocol):
    """A module with the paths, requests and responses of one API standard."""

    def prepare(self, job: Job) -> Submission: ...

    def path_by_video_id(self, job: Job) -> str: ...

    def path_by_task_id(self, job: Job) -> str: ...

    def tasks(self, response: KlingResponse) -> list[Task] | None:
        """Return the tasks in a response: an empty list if Kling has none, None if the response leaves it open."""
        ...
