"""Response models for the OpenAPI document. Tests compare them with what `api/serializers.py` returns."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T12:00:00.000Z"])]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
VideoStatus = Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"]


class _Response(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UsedTemplate(_Response):
    id: str
    version: int


class VideoError(_Response):
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


class UsualSeconds(_Response):
    fastest: int
    usually: int


class Counts(_Response):
    views: int
    shares: int
    downloads: int


class Cost(_Response):
    estimated_usd: float
    actual_usd: float | None


class VideoLinks(_Response):
    """The video's path and its possible actions. An action without a link would be refused."""

    self: str
    download: str | None = None
    share: str | None = None
    cancel: str | None = None
    retry: str | None = None
    remix: str | None = None
    delete: str | None = None


class Video(_Response):
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


class VideoPage(_Response):
    """Newest first. `next_cursor` is null at the end."""

    videos: list[Video]
    next_cursor: str | None


class DryRunCost(_Response):
    estimated_usd: float
    estimated_usd_each: float
    is_price_verified: bool


class Remaining(_Response):
    """What remains of your limits."""

    videos_today: int
    usd_today: float
    in_flight: int


class DryRun(_Response):
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


class UploadForm(_Response):
    """Post the fields and then the file, as multipart/form-data, to the URL."""

    url: Url
    fields: dict[str, str]


class Upload(_Response):
    upload: UploadForm
    source_image: Annotated[str, Field(examples=["upload:0198f2a0000070008000000000000001"])]
    expires_at: Time


class CommunityLinks(_Response):
    self: str
    videos: str
    prompt: str


class Community(_Response):
    id: str
    name: str
    agent_name: str | None
    agent_instructions: str | None
    avatar: str | None
    avatar_url: Annotated[Url | None, Field(description="Valid for an hour")]
    token_name: str | None
    token_symbol: str | None
    created_at: Time
    updated_at: Time
    links: CommunityLinks


class CommunityPage(_Response):
    communities: list[Community]
    next_cursor: str | None


class PromptPreview(_Response):
    """The prompt as it would be sent."""

    type: str
    final_prompt: str
    template: UsedTemplate | None
    model: str
    source_image_url: str | None


class Model(_Response):
    id: str
    name: str
    provider: str
    flows: list[Literal["image", "text"]]
    duration_seconds: list[int]
    aspect_ratios: list[str]
    resolutions: list[str]
    takes_negative_prompt: bool
    takes_seed: bool
    usd_per_second: Annotated[dict[str, float], Field(description="By resolution")]
    price_verified_at: Day | None
    usual_seconds: UsualSeconds
    default_for: list[Literal["user", "bot", "bot_without_image"]]
    notes: str


class Models(_Response):
    models: list[Model]


class TemplateVariable(_Response):
    name: str
    label: str
    required: bool
    longest: int
    default: str | None
    example: str | None
    flows: list[Literal["image", "text"]]


class Template(_Response):
    id: str
    version: int
    name: str
    category: str
    description: str
    type: Literal["intro", "promo", "token_reveal"] | None
    flows: list[Literal["image", "text"]]
    variables: list[TemplateVariable]
    wording: Annotated[dict[str, str], Field(description="By flow; `$name` is a variable")]


class Templates(_Response):
    templates: list[Template]


class ShareLink(_Response):
    url: Url
    expires_at: Time | None


class DayCounts(Counts):
    day: Day


class Stats(_Response):
    """All-time counts, and counts per day of the last 30 days, newest first (UTC)."""

    total: Counts
    days: list[DayCounts]


class DownloadLink(_Response):
    """A URL that is valid for 15 minutes. A 302 has the same URL in `Location`."""

    url: Url


class DemoUser(_Response):
    email: str
    password: str


class Config(_Response):
    """What a page needs to sign users in with the Cognito API."""

    cognito_url: Annotated[Url, Field(description="URL of the Cognito API")]
    user_pool_client_id: str
    is_sign_up_open: Annotated[bool, Field(description="Whether anyone may create an account")]
    demo_user: Annotated[DemoUser | None, Field(description="Public demo account of a sandbox")]


class ProblemField(_Response):
    pointer: Annotated[str, Field(description="Into the body (RFC 6901), or the name of a parameter")]
    detail: str


class Problem(_Response):
    """Why a request was rejected (RFC 9457). `code` is stable, for scripts."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField]


class GatewayMessage(_Response):
    """The format of errors from the gateway itself."""

    message: str
