"""Request models: the JSON bodies that the API accepts. queries.py has the query strings."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from keepreel.schemas.fields import (
    MAX_SHARE_DAYS,
    BotVideoType,
    Instructions,
    Line,
    Name,
    Prompt,
    Seed,
    SourceImage,
    Symbol,
    UploadName,
    Variables,
    Variations,
)
from keepreel.schemas.option_fields import (
    AllowSuccessor,
    CameraMovement,
    CfgScale,
    EndImage,
    EnhancePrompt,
    MaxCost,
    Motions,
    ReferenceImages,
    Shots,
    Sound,
    Watermark,
)


class Request(BaseModel):
    """Base of every JSON body. Where null is a field's default, an explicit null is accepted.

    Schemas are built on first use, because one process rarely needs them all.
    """

    model_config = ConfigDict(extra="forbid", strict=True, validate_by_name=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _one_name_per_field(cls, data: object) -> object:
        return _without_second_names(cls, data) if isinstance(data, dict) else data


def second_names(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield each field that has a second name, as (name, second name). Responses use the second name."""
    for name, field in model.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            yield from ((name, str(choice)) for choice in field.validation_alias.choices if choice != name)


def _without_second_names(model: type[BaseModel], data: dict[str, object]) -> dict[str, object]:
    """Return the data with one name per field. If both names are given, a null is dropped; two values are an error."""
    superfluous = set()
    for name, second in second_names(model):
        if {name, second} <= data.keys():
            if data[name] is not None and data[second] is not None:
                message = "This is another name for {name}; send only one of the two."
                raise PydanticCustomError("both_names", message, {"name": name, "second_name": second})
            superfluous.add(second if data[second] is None else name)
    return {name: value for name, value in data.items() if name not in superfluous}


class UploadRequest(Request):
    content_type: Literal["image/jpeg", "image/png", "image/webp"]


class _VideoOptions(Request):
    """Options that every request for a video has."""

    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    source_image: SourceImage = None
    model: str | None = None
    duration_seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    seed: Seed | None = None
    end_image: EndImage = None
    reference_images: ReferenceImages = None
    sound: Sound = None
    shots: Shots = None
    cfg_scale: CfgScale = None
    motions: Motions = None
    enhance_prompt: EnhancePrompt = None
    camera_movement: CameraMovement = None
    watermark: Watermark = None
    variations: Variations = 1
    dry_run: bool = False
    allow_successor: AllowSuccessor = False
    max_cost: MaxCost = None


class VideoRequest(_VideoOptions):
    """POST /v1/videos. An option that is left out takes the model's default."""

    template: Name | None = None
    variables: Variables = {}


class BotVideoRequest(VideoRequest):
    """POST /v1/communities/{id}/videos. Only `custom` accepts a prompt; the other types build it from the community."""

    type: BotVideoType


class CommunityRequest(Request):
    """PUT /v1/communities/{id}. Replaces the whole community: a field that is left out becomes empty."""

    name: Line
    agent_name: Line | None = None
    agent_instructions: Instructions | None = None
    avatar: UploadName | None = None
    token_name: Line | None = None
    token_symbol: Symbol | None = None


class PromptQuery(BaseModel):
    """Query string of a prompt preview: the fields of the video request that change the prompt."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    type: Literal["intro", "promo", "token_reveal"]  # a custom prompt is sent unchanged, so there is nothing to preview
    model: str | None = None
    source_image: SourceImage = None


class ShareRequest(Request):
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_SHARE_DAYS)] | None = None


class ErasureRequest(Request):
    email: Annotated[str, Field(max_length=320, description="The email address of your account")]


class RemixRequest(_VideoOptions):
    """Changes to an existing video. A field that is left out keeps its value if the model supports it.

    Null removes the source image, the negative prompt or the seed; for other fields null means "unchanged".
    """


class RetryRequest(Request):
    """A retry changes nothing, but may use the successor of a model that is no longer available."""

    allow_successor: AllowSuccessor = False
    max_cost: MaxCost = None
