"""Response models of videos, lists of videos and dry runs."""

from typing import Annotated, Literal

from pydantic import Field

from keepreel.schemas.response_types import Response, Time, Url

VideoStatus = Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"]


class UsedTemplate(Response):
    id: str
    version: int


class VideoError(Response):
    """Why a video failed, and what to do next."""

    code: Literal[
        "prompt_rejected",
        "image_rejected",
        "output_rejected",
        "provider_busy",
        "provider_error",
        "model_unavailable",
        "timed_out",
        "storage_failed",
    ]
    message: str


class UsualSeconds(Response):
    fastest: int
    usually: int


class Counts(Response):
    views: int
    shares: int
    downloads: int


class Cost(Response):
    estimated_usd: float
    actual_usd: float | None


class VideoLinks(Response):
    """The video's path and its possible actions. An action without a link would be refused."""

    self: str
    download: str | None = None
    share: str | None = None
    cancel: str | None = None
    retry: str | None = None
    remix: str | None = None
    delete: str | None = None


class Video(Response):
    """One video. Missing values are null."""

    id: str
    owner: Annotated[str, Field(description="`user#<sub>` or `community#<id>`")]
    type: Literal["user", "intro", "promo", "token_reveal", "custom"]
    status: VideoStatus
    prompt: Annotated[str | None, Field(description="As requested; null if a template built it")]
    final_prompt: Annotated[str, Field(description="The prompt that is sent to the provider")]
    template: UsedTemplate | None
    negative_prompt: str | None
    provider: str
    model: str
    duration_seconds: int
    aspect_ratio: str
    resolution: str
    source_image_url: Annotated[str | None, Field(description="`upload:<id>`, or an https URL")]
    video_url: Annotated[Url | None, Field(description="Permanent")]
    thumbnail_url: Annotated[Url | None, Field(description="The first frame; permanent")]
    width: int | None
    height: int | None
    size_bytes: int | None
    sha256: str | None
    measured_seconds: float | None
    error: VideoError | None
    poll_after_seconds: Annotated[int | None, Field(description="When to poll again; null once the video is finished")]
    elapsed_seconds: float
    usual_seconds: Annotated[UsualSeconds | None, Field(description="The model's generation time")]
    seed: int | None
    batch_id: str | None
    batch_index: int | None
    remixed_from: str | None
    counts: Counts
    cost: Cost
    created_at: Time
    updated_at: Time
    completed_at: Time | None
    links: VideoLinks


class CreatedVideos(Video):
    """The first created video, and all created videos in order."""

    videos: list[Video]


class VideoPage(Response):
    """Newest first. `next_cursor` is null at the end."""

    videos: list[Video]
    next_cursor: str | None


class DryRunCost(Response):
    estimated_usd: float
    estimated_usd_each: float
    is_price_verified: bool


class Remaining(Response):
    """What remains of your limits."""

    videos_today: int
    usd_today: float
    in_flight: int


class DryRun(Response):
    """What the same request without `dry_run` would create. Nothing was created."""

    dry_run: Literal[True]
    type: str
    final_prompt: str
    model: str
    duration_seconds: int
    aspect_ratio: str
    resolution: str
    source_image_url: str | None
    variations: int
    cost: DryRunCost
    remaining: Remaining
