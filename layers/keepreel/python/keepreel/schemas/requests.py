"""Request models: the JSON bodies and query strings that the API accepts."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from keepreel.schemas.fields import (
    MAX_SHARE_DAYS,
    BotVideoType,
    Instructions,
    Line,
    Name,
    Prompt,
    QueryBool,
    Seed,
    SourceImage,
    Symbol,
    UploadName,
    Variations,
)


def _reject_both_names(data: object) -> object:
    if isinstance(data, dict) and {"source_image", "source_image_url"} <= data.keys():
        raise PydanticCustomError("both_names", "This is another name for source_image; send only one of the two.")
    return data


class UploadRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: Literal["image/jpeg", "image/png", "image/webp"]


class _VideoOptions(BaseModel):
    """Options that every request for a video has."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    _one_name = model_validator(mode="before")(_reject_both_names)

    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    source_image: SourceImage = None
    model: str | None = None
    duration_seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    seed: Seed | None = None
    variations: Variations = 1
    dry_run: bool = False


class VideoRequest(_VideoOptions):
    """POST /v1/videos. An option that is left out takes the model's default."""

    template: Name | None = None
    variables: dict[Name, Prompt] = {}


class BotVideoRequest(VideoRequest):
    """POST /v1/communities/{id}/videos. Only `custom` accepts a prompt; the other types build it from the community."""

    type: BotVideoType


class VideoFormat(BaseModel):
    """Length, shape and resolution of a video, with the model's defaults filled in."""

    duration_seconds: int
    aspect_ratio: str
    resolution: str


class CommunityRequest(BaseModel):
    """PUT /v1/communities/{id}. Replaces the whole community: a field that is left out becomes empty."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Line
    agent_name: Line | None = None
    agent_instructions: Instructions | None = None
    avatar: UploadName | None = None
    token_name: Line | None = None
    token_symbol: Symbol | None = None


class PromptQuery(BaseModel):
    """Query string of a prompt preview: the fields of the video request that change the prompt."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["intro", "promo", "token_reveal"]  # a custom prompt is sent unchanged, so there is nothing to preview
    model: str | None = None
    source_image: SourceImage = None


class ShareRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    expires_in_days: Annotated[int, Field(ge=1, le=MAX_SHARE_DAYS)] | None = None


class RemixRequest(_VideoOptions):
    """Changes to an existing video. A field that is left out keeps its value if the model supports it.

    Null removes the source image, the negative prompt or the seed; for other fields null means "unchanged".
    """


class PageQuery(BaseModel):
    """Query string of a list. Its values arrive as text."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


class ListQuery(PageQuery):
    """Query string of a list of videos."""

    status: Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed"] | None = None
    type: Literal["user", "intro", "promo", "token_reveal", "custom"] | None = None
    model: Annotated[str, StringConstraints(max_length=100)] | None = None


class DownloadQuery(BaseModel):
    """Query string of a download."""

    model_config = ConfigDict(extra="forbid")

    variant: Literal["video", "thumbnail"] = "video"
    redirect: QueryBool = True  # false for browser scripts, which cannot read the target of a redirect
