"""Response models of videos, lists of videos and dry runs."""

from typing import Annotated, Any, Literal

from pydantic import Field

from keepreel.schemas.response_types import Response, Time, Url

VideoStatus = Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"]


CredentialState = Literal["valid", "untrusted", "tampered", "expired", "remote", "absent"]


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


class Shot(Response):
    """One shot of a video with several."""

    prompt: str
    duration_seconds: int


class Motion(Response):
    """A camera motion of the provider's."""

    id: str
    strength: float


class Options(Response):
    """Options with the model's defaults filled in. An option that the model lacks is null."""

    end_image_url: Annotated[str | None, Field(description="`upload:<id>`, or an https URL")]
    reference_image_urls: list[str] | None
    sound: bool | None
    shots: list[Shot] | None
    cfg_scale: float | None
    motions: list[Motion] | None
    enhance_prompt: bool | None
    camera_movement: str | None
    watermark: bool | None


class QueuePlace(Response):
    """The place of a video that waits until its provider has room."""

    position: Annotated[int, Field(description="1 is next; 200 means 200 or more")]
    waits_for: Annotated[
        Literal["slot", "provider", "outage"],
        Field(
            description="`slot`: the provider runs as many videos as it may; `provider`: it is busy; "
            "`outage`: it does not answer"
        ),
    ]
    expected_start_at: Annotated[str, Field(description="An estimate in whole minutes")]


class Video(Options):
    """One video. Missing values are null."""

    id: str
    owner: Annotated[str, Field(description="`user#<sub>` or `community#<id>`")]
    user_id: Annotated[str | None, Field(description="The owner's id; null if the owner is a community")]
    community_id: Annotated[str | None, Field(description="The owner's id; null if the owner is a user")]
    created_by: Annotated[str, Field(description="`user#<sub>`, `event` or `schedule`")]
    type: Literal["user", "intro", "promo", "token_reveal", "custom"]
    status: VideoStatus
    prompt: Annotated[str | None, Field(description="As requested; null if a template built it")]
    final_prompt: Annotated[str, Field(description="The prompt that is sent to the provider")]
    template: UsedTemplate | None
    negative_prompt: str | None
    enhanced_prompt: Annotated[str | None, Field(description="The prompt as the provider rewrote it")]
    provider: str
    provider_task_id: Annotated[str | None, Field(description="The provider's id of the task; null until it has one")]
    model: str
    requested_model: Annotated[str | None, Field(description="The model that was requested, if `model` replaces it")]
    duration_seconds: int
    aspect_ratio: str
    resolution: Annotated[str, Field(description="As requested")]
    delivered_resolution: Annotated[str | None, Field(description="By the measured size of the finished video")]
    source_image_url: Annotated[str | None, Field(description="`upload:<id>`, or an https URL")]
    video_url: Annotated[Url | None, Field(description="Permanent, until a share link is revoked")]
    thumbnail_url: Annotated[Url | None, Field(description="The first frame; as permanent as `video_url`")]
    width: int | None
    height: int | None
    size_bytes: int | None
    sha256: str | None
    source_sha256: str | None
    ai_generated: Literal[True]
    content_credentials: CredentialState | None
    measured_seconds: float | None
    error: VideoError | None
    poll_after_seconds: Annotated[int | None, Field(description="When to poll again; null once the video is finished")]
    elapsed_seconds: float
    queue: Annotated[
        QueuePlace | None, Field(description="Only while the video waits, and only in answers to GET requests")
    ]
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
    file_expires_at: Annotated[Time | None, Field(description="When the provider deletes its own copy, if it says so")]
    links: VideoLinks


class ProviderCall(Response):
    """The request that was sent to the provider, without signed URLs and images."""

    path: str
    body: dict[str, Any]


class Bill(Response):
    """What the provider charged, as it was billed: units, cash_usd or credits."""

    usd: float | None
    billed_as: dict[str, Any]


class GenerationMetadata(Response):
    """How the video was generated."""

    template: Annotated[UsedTemplate | None, Field(description="The template that built the prompt, if one did")]
    seed: int | None
    options: Annotated[dict[str, Any], Field(description="The options that are set, by the names of a request")]
    request: Annotated[ProviderCall | None, Field(description="Null until the video is submitted")]
    bill: Bill | None


class VideoDetails(Video):
    """One video with what lists leave out."""

    source_image_link: Annotated[
        Url | None, Field(description="Shows the source image; for an upload, valid for half an hour or more")
    ]
    generation_metadata: GenerationMetadata


class Credentials(Response):
    """The content credential (C2PA) in the video's file."""

    ai_generated: Literal[True]
    content_credentials: CredentialState | None
    report: dict[str, Any] | None


class CreatedVideos(Video):
    """The first created video, and all created videos in order."""

    job_id: Annotated[str, Field(description="The id to poll with: the first video's")]
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


class DryRun(Options):
    """What the same request without `dry_run` would create. Nothing was created."""

    dry_run: Literal[True]
    type: str
    final_prompt: str
    model: str
    requested_model: Annotated[str | None, Field(description="The model that was requested, if `model` replaces it")]
    duration_seconds: int
    aspect_ratio: str
    resolution: str
    source_image_url: str | None
    variations: int
    cost: DryRunCost
    remaining: Remaining
    is_paused: Annotated[bool, Field(description="Whether requests without `dry_run` get 503 `paused` at the moment")]
