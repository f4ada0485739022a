"""The providers: one module each, found by the name that a catalog row gives.

A provider module has these functions; none of them touches a table, and no POST is ever retried by itself:

- `prepare(job) -> Submission`    pure: the exact request, which is kept with the intent before it is sent
- `submit(submission) -> str`     the provider's task id; raises any ProviderError but Unreachable
- `find(job) -> str | None`       the task that the provider has of what was sent; raises Unreachable, AccountProblem,
                                  and where finding means sending again Refused, and OutcomeUnknown once that is unsafe
- `poll(job) -> TaskState`        how `job.task_id` is doing; raises Unreachable, AccountProblem
- `cancel(job) -> bool`           whether the provider let go of `job.task_id` before it cost anything; raises as `poll`
- `host_image(image) -> str`      only where `HOSTS_IMAGES`: puts an image where the provider reads it, and gives its
                                  URL there; raises Busy, AccountProblem, Refused, since nothing is paid for by it
"""

from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol, cast

from keepreel.catalog import Model
from keepreel.db.status import TaskStatus
from keepreel.errors import Failure
from keepreel.settings import settings


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
    seed: int | None = None
    sent: "Submission | None" = None  # what was sent before: it is looked for there, whatever the catalog says now
    first_sent_at: datetime | None = None
    task_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """An exact request: the path under the provider's host, the JSON body, and the id by which it is known again.

    As read back from a record, an image's content stands in the body as its hash; then it is not whole.
    """

    video_id: str
    path: str
    body: dict[str, Any] = field(repr=False)
    is_whole: bool = True


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """How a task is doing. `video_url` dies within days; `failure` says why when it ended badly.

    `is_charged` is False only where the provider promises that a task which ended so costs nothing.
    """

    status: TaskStatus
    video_url: str | None = field(default=None, repr=False)
    failure: Failure | None = None
    cost_usd: float | None = None
    is_charged: bool = True


class Provider(Protocol):
    FINDS_BY_SENDING: bool  # a lost task is found by sending the same again, so not while it may still be on its way
    HOSTS_IMAGES: bool  # takes an image by URL alone, and has a place of its own for ours

    def prepare(self, job: Job) -> Submission: ...
    def submit(self, submission: Submission) -> str: ...
    def find(self, job: Job) -> str | None: ...
    def poll(self, job: Job) -> TaskState: ...
    def cancel(self, job: Job) -> bool: ...
    def host_image(self, image: bytes) -> str: ...


def provider(name: str) -> Provider:
    """The provider module of this name; imported when first used, so that a cold start pays for one alone."""
    from importlib import import_module

    module: ModuleType = import_module(_MODULES[name])
    return cast(Provider, module)


_MODULES = {
    "kling": "keepreel.providers.kling.adapter",
    "higgsfield": "keepreel.providers.higgsfield.adapter",
}


def base_url(name: str) -> str:
    """The host that the operator set for this provider."""
    return str(getattr(settings(), f"{name}_base_url"))
