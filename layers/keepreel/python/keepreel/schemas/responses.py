"""The shapes of what the API answers, as `views` makes them: for the OpenAPI document, and for tests that compare."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T12:00:00.000Z"])]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]
VideoStatus = Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UsedTemplate(_Answer):
    id: str
    version: int


class VideoError(_Answer):
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


class UsualSeconds(_Answer):
    fastest: int
    usually: int


class Counts(_Answer):
    views: int
    shares: int
    downloads: int


class Cost(_Answer):
    estimated_usd: float
    actual_usd: float | None


class VideoLinks(_Answer):
    """Where it is, and what may be done with it next; what has no link here would be refused."""

    self: str
    download: str | None = None
    share: str | None = None
    cancel: str | None = None
    retry: str | None = None
    remix: str | None = None
    delete: str | None = None


class Video(_Answer):
    """One video. What is absent is null."""

    id: str
    owner: Annotated[str, Field(description="`user#<sub>` or `community#<id>`")]
    type: Literal["user", "intro", "promo", "token_reveal", "custom"]
    status: VideoStatus
    prompt: Annotated[str | None, Field(description="As given; null where a template built all of it")]
    final_prompt: Annotated[str, Field(description="As sent")]
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
    poll_after_seconds: Annotated[int | None, Field(description="When to ask again; null once it is finished")]
    elapsed_seconds: float
    usual_seconds: Annotated[UsualSeconds | None, Field(description="What its model needs")]
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
    """The first of the videos that were made, and all of them in order."""

    videos: list[Video]


class VideoPage(_Answer):
    """Newest first. `next_cursor` is null at the end."""

    videos: list[Video]
    next_cursor: str | None


class DryRunCost(_Answer):
    estimated_usd: float
    estimated_usd_each: float
    is_price_verified: bool


class Remaining(_Answer):
    """What is left of your limits."""

    videos_today: int
    usd_today: float
    in_flight: int


class DryRun(_Answer):
    """What the same request without `dry_run` would ask for. Nothing was made."""

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


class UploadForm(_Answer):
    """Post the fields and then the file, as multipart/form-data, to the URL."""

    url: Url
    fields: dict[str, str]


class Upload(_Answer):
    upload: UploadForm
    source_image: Annotated[str, Field(examples=["upload:0198f2a0000070008000000000000001"])]
    expires_at: Time


class CommunityLinks(_Answer):
    self: str
    videos: str
    prompt: str


class Community(_Answer):
    id: str
    name: str
    agent_name: str | None
    agent_instructions: str | None
    avatar: str | None
    avatar_url: Annotated[Url | None, Field(description="Good for an hour")]
    token_name: str | None
    token_symbol: str | None
    created_at: Time
    updated_at: Time
    links: CommunityLinks


class CommunityPage(_Answer):
    communities: list[Community]
    next_cursor: str | None


class PromptPreview(_Answer):
    """The prompt as it would be sent."""

    type: str
    final_prompt: str
    template: UsedTemplate | None
    model: str
    source_image_url: str | None


class Model(_Answer):
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


class Models(_Answer):
    models: list[Model]


class TemplateVariable(_Answer):
    name: str
    label: str
    required: bool
    longest: int
    default: str | None
    example: str | None
    flows: list[Literal["image", "text"]]


class Template(_Answer):
    id: str
    version: int
    name: str
    category: str
    description: str
    type: Literal["intro", "promo", "token_reveal"] | None
    flows: list[Literal["image", "text"]]
    variables: list[TemplateVariable]
    wording: Annotated[dict[str, str], Field(description="By flow; `$name` is a variable")]


class Templates(_Answer):
    templates: list[Template]


class ShareLink(_Answer):
    url: Url
    expires_at: Time | None


class DayCounts(Counts):
    day: Day


class Stats(_Answer):
    """Since the beginning, and for the last thirty days, newest first (UTC)."""

    total: Counts
    days: list[DayCounts]


class DownloadLink(_Answer):
    """A link that is good for a quarter of an hour; with 302 the same as in `Location`."""

    url: Url


class DemoUser(_Answer):
    email: str
    password: str


class Config(_Answer):
    """What a page needs to sign somebody in, by Cognito's own operations."""

    cognito_url: Annotated[Url, Field(description="Where they are posted to")]
    user_pool_client_id: str
    is_sign_up_open: Annotated[bool, Field(description="Whether anybody may make an account")]
    demo_user: Annotated[DemoUser | None, Field(description="Of a sandbox: whom anybody may sign in as")]


class ProblemField(_Answer):
    pointer: Annotated[str, Field(description="Into the body (RFC 6901), or the name of a parameter")]
    detail: str


class Problem(_Answer):
    """What is wrong with a request (RFC 9457). `code` is stable, for scripts."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField]


class GatewayMessage(_Answer):
    """What the gateway itself refuses has a shape of its own."""

    message: str
