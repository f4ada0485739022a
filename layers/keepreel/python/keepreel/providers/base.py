"""Provider interface: the functions that every adapter module has, and the dataclasses they exchange.

An adapter reads and writes no table, and never retries a POST that may have been accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from keepreel.errors import Failure, Unavailability
from keepreel.models.model import Model
from keepreel.models.options import NO_OPTIONS, Options
from keepreel.providers.task_status import TaskStatus


@dataclass(frozen=True, kw_only=True)
class Job:
    """One video to generate.

    `image` is the content of a JPEG or PNG in the video's aspect ratio, a public https URL that Keepreel never
    fetches, or None for text to video.
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
    options: Options = NO_OPTIONS
    end_image: bytes | str | None = field(default=None, repr=False)  # like `image`
    reference_images: tuple[bytes | str, ...] = field(default=(), repr=False)  # each like `image`, in its own shape
    callback_url: str | None = field(default=None, repr=False)  # where the provider should report the task's end
    sent: "Submission | None" = None  # the stored request of an earlier attempt; a lookup uses it, not the catalog
    first_sent_at: datetime | None = None
    task_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """An exact request: the path at the provider's host and the JSON body.

    `video_id` is the id under which the provider finds the request again: Kling's `external_task_id`, Higgsfield's
    Idempotency-Key.

    In a stored request, long values such as an image's base64 are replaced by their hash; then `is_whole` is False.
    """

    video_id: str
    path: str
    body: dict[str, Any] = field(repr=False)
    is_whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What the provider charged: in USD, and as it was billed, for example `{"units": 1.8}` or `{"cash_usd": 0.21}`.

    `usd` is None if a part was billed in another currency.
    """

    usd: float | None
    billed_as: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """Status of a task. `video_url` expires within days; `failure` is set when the task ended without a video.

    `expires_at` is when the provider removes the file, if it says so. `is_charged` is False only if the provider
    documents that a task with this status costs nothing. `enhanced_prompt` is the provider's rewritten prompt.
    `unavailable` is set if the task failed because its model has ended.
    """

    status: TaskStatus
    video_url: str | None = field(default=None, repr=False)
    failure: Failure | None = None
    bill: Bill | None = None
    expires_at: datetime | None = None
    enhanced_prompt: str | None = field(default=None, repr=False)
    is_charged: bool = True
    unavailable: Unavailability | None = None


class Provider(Protocol):
    """An adapter module."""

    def prepare(self, job: Job) -> Submission:
        """Return the exact request for the job. Pure, because the request is stored before it is sent."""
        ...

    def submit(self, submission: Submission) -> str:
        """Send the request and return the provider's task id. Raises any ProviderError except Unreachable."""
        ...

    def find(self, job: Job) -> str | None:
        """Return the id of the task that an earlier attempt created, or None if the provider has no such task.

        Raises Unreachable and AccountProblem. With `find_by_resend` it sends the request again, so it also raises
        Refused, and OutcomeUnknown once sending it again is no longer safe.
        """
        ...

    def poll(self, job: Job) -> TaskState:
        """Return the status of `job.task_id`. Raises Unreachable and AccountProblem."""
        ...

    def cancel(self, job: Job) -> bool:
        """Cancel `job.task_id`; True if it was canceled before it cost anything. Raises like `poll`."""
        ...

    def estimate(self, job: Job) -> Bill | None:
        """Return what `job.sent` costs this account; called only for a provider with `has_estimates`. Free of charge.

        None if the provider has no number for it. Raises any ProviderError.
        """
        ...

    def upload_image(self, image: bytes) -> str:
        """Store an image at the provider and return its URL; called only for a provider with `uploads_images`.

        Raises Busy, AccountProblem and Refused. An upload is free, so no outcome is unknown.
        """
        ...
