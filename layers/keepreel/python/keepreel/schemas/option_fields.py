"""Field types of a video's options: images, sound, shots, motions and others.

The bounds here hold for all models; models/rules.py checks what the chosen model accepts.
"""

import math
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from keepreel.schemas.fields import ImageSource, Prompt

MAX_SHOTS = 6
MAX_SHOT_SECONDS = 60
MAX_MOTIONS = 2
MAX_REFERENCE_IMAGES = 10  # each upload is read and checked within one request


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


def _fraction(value: float) -> float:
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError("it must be a number from 0 to 1")
    return value


def _amount(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError("it must be an amount in US dollars, 0 or more")
    return value


def _none_if_empty(value: object) -> object:
    """Return None for an empty list, which asks for nothing."""
    return None if value == [] else value


Fraction = Annotated[float, AfterValidator(_fraction), Field(json_schema_extra={"minimum": 0, "maximum": 1})]


class ShotRequest(_Part):
    """One shot of a video with several."""

    prompt: Prompt
    duration_seconds: Annotated[int, Field(ge=1, le=MAX_SHOT_SECONDS)]


class MotionRequest(_Part):
    """A camera motion of the provider's, by the provider's id."""

    id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    strength: Fraction = 1.0


_Images = Annotated[list[ImageSource], Field(max_length=MAX_REFERENCE_IMAGES)]
_Shots = Annotated[list[ShotRequest], Field(max_length=MAX_SHOTS)]
_Motions = Annotated[list[MotionRequest], Field(max_length=MAX_MOTIONS)]

# Like `source_image`, the images have a second name, which responses use.
EndImage = Annotated[
    ImageSource | None,
    Field(
        validation_alias=AliasChoices("end_image", "end_image_url"),
        description="The last frame, in the shape of the source image: an upload or an https URL",
    ),
]
ReferenceImages = Annotated[
    _Images | None,
    BeforeValidator(_none_if_empty, json_schema_input_type=_Images | None),
    Field(
        validation_alias=AliasChoices("reference_images", "reference_image_urls"),
        description="Images of what the video shows: uploads or https URLs",
    ),
]
Sound = Annotated[bool | None, Field(description="Whether the video has sound, if the model offers the choice")]
Shots = Annotated[
    _Shots | None,
    BeforeValidator(_none_if_empty, json_schema_input_type=_Shots | None),
    Field(
        description="Shots with their own prompts, which are sent instead of `prompt`. Their lengths add up to "
        "`duration_seconds`, which may be left out"
    ),
]
CfgScale = Annotated[Fraction | None, Field(description="How closely the video follows the prompt, from 0 to 1")]
Motions = Annotated[
    _Motions | None,
    BeforeValidator(_none_if_empty, json_schema_input_type=_Motions | None),
    Field(description="Camera motions by the provider's ids"),
]
EnhancePrompt = Annotated[
    bool | None, Field(description="Whether the provider rewrites the prompt, if the model offers it")
]
CameraMovement = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=50)] | None,
    Field(description="One of the model's camera movements"),
]
MaxCost = Annotated[
    Annotated[float, AfterValidator(_amount), Field(json_schema_extra={"minimum": 0})] | None,
    Field(description="US dollars; a request whose estimated cost is higher is refused"),
]
Watermark = Annotated[bool | None, Field(description="Whether the provider adds its watermark, if the model offers it")]
AllowSuccessor = Annotated[
    bool, Field(description="Use the model's successor if the model is no longer available, instead of an error")
]
