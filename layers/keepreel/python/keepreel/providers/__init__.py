"""The providers: one module each, found by the name that a catalog row gives.

A provider module has these functions; none of them touches a table, and no POST is ever retried by itself:

- `prepare(job) -> Submission`    pure: the exact request, which is kept with the intent before it is sent
- `submit(submission) -> str`     the provider's task id; raises any ProviderError but Unreachable
- `find(job) -> str | None`       the task that the provider has under our video id; raises Unreachable, AccountProblem
- `poll(job) -> TaskState`        how `job.task_id` is doing; raises Unreachable, AccountProblem
"""

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol, cast

from keepreel.catalog import Model
from keepreel.errors import Failure
from keepreel.settings import settings
from keepreel.statuses import TaskStatus


@dataclass(frozen=True, kw_only=True)
class Job:
    """One video as a provider is asked for it.

    `image` is an image's bytes (JPEG or PNG, already in the shape asked for), an https URL that we have not fetched,
    or None for text to video.
    """

    video_id: str
    model: Model
    prompt: str
    negative_prompt: str | None = None
    duration_seconds: int
    aspect_ratio: str
    resolution: str
    image: bytes | str | None = field(default=None, repr=False)
    has_image: bool
    sent_path: str | None = None  # where it was sent before: it is looked for there, whatever the catalog says now
    task_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """An exact request: the path under the provider's host, and the JSON body."""

    path: str
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """How a task is doing. `video_url` dies within days; `failure` says why when it ended badly."""

    status: TaskStatus
    video_url: str | None = field(default=None, repr=False)
    failure: Failure | None = None
    cost_usd: float | None = None


class Provider(Protocol):
    def prepare(self, job: Job) -> Submission: ...
    def submit(self, submission: Submission) -> str: ...
    def find(self, job: Job) -> str | None: ...
    def poll(self, job: Job) -> TaskState: ...


def provider(name: str) -> Provider:
    """The provider module of this name; imported when first used, so that a cold start pays for one alone."""
    from importlib import import_module

    module: ModuleType = import_module(_MODULES[name])
    return cast(Provider, module)


_MODULES = {
    "kling": "keepreel.providers.kling",
}


def base_url(name: str) -> str:
    """The host that the operator set for this provider."""
    return str(getattr(settings(), f"{name}_base_url"))
