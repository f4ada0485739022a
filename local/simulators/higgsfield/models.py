"""Higgsfield's models by path, and the fields that each accepts. Unknown fields are ignored, as by the real API."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local.simulators.higgsfield.codes import ApiError, problem
from local.simulators.video.scenes import ASPECT_RATIOS

_DEFAULT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a request body, and the type and message of its validation error."""

    is_valid: Callable[[Any], bool]
    type: str
    msg: str
    is_required: bool = False

    def problem(self, name: str, body: dict[str, Any]) -> dict[str, Any] | None:
        if self.is_required and name not in body:
            return problem(name, type="missing", msg="Field required")
        value = body.get(name)
        if (value is None and not self.is_required) or self.is_valid(value):
            return None
        return problem(name, type=self.type, msg=self.msg)


@dataclass(frozen=True, kw_only=True)
class Model:
    fields: dict[str, Field]
    short_side: int
    credits: Decimal  # for five seconds


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    """The content of a valid request body."""

    model: Model
    seconds: int
    aspect_ratio: str
    image_url: str | None

    @property
    def credits(self) -> Decimal:
        return self.model.credits * self.seconds / _DEFAULT_SECONDS


def validate(path: str, body: dict[str, Any], *, unavailable: tuple[str, ...]) -> VideoRequest:
    """Raise ApiError 404 for an unknown model, and 422 with every missing or invalid field."""
    model = MODELS.get(path)
    if model is None or path in {name.strip("/") for name in unavailable}:
        raise ApiError(404, "Model not found")
    problems = [field.problem(name, body) for name, field in model.fields.items()]
    if any(problems):
        raise ApiError(422, [problem for problem in problems if problem])
    given = {name: body[name] for name in model.fields if body.get(name) is not None}
    return VideoRequest(
        model=model,
        seconds=given.get("duration", _DEFAULT_SECONDS),
        aspect_ratio=given.get("aspect_ratio", "1:1" if "aspect_ratio" in model.fields else "16:9"),
        image_url=given.get("image_url"),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_url(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _is_motion(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str) and _is_number(value.get("strength", 1))


def _text(*, is_required: bool = False) -> Field:
    is_valid, msg = lambda value: isinstance(value, str), "Input should be a valid string"
    return Field(is_valid=is_valid, type="string_type", msg=msg, is_required=is_required)


def _url(*, is_required: bool = False) -> Field:
    return Field(is_valid=_is_url, type="url_parsing", msg="Input should be a valid URL", is_required=is_required)


_DOP = {
    "prompt": _text(is_required=True),
    "image_url": _url(is_required=True),
    "end_image_url": _url(),
    "motions": Field(
        is_valid=lambda value: isinstance(value, list) and len(value) <= 2 and all(map(_is_motion, value)),
        type="list_type",
        msg="Input should be a list of at most 2 motions",
    ),
    "seed": Field(
        is_valid=lambda value: type(value) is int and 1 <= value <= 1_000_000,
        type="int_type",
        msg="Input should be an integer from 1 to 1000000",
    ),
    "enhance_prompt": Field(
        is_valid=lambda value: isinstance(value, bool), type="bool_type", msg="Input should be a valid boolean"
    ),
}
_KLING_TEXT = {
    "prompt": _text(is_required=True),
    "duration": Field(
        is_valid=lambda value: type(value) is int and value in (5, 10),
        type="literal_error",
        msg="Input should be 5 or 10",
    ),
    "cfg_scale": Field(
        is_valid=lambda value: _is_number(value) and 0 <= value <= 1,
        type="float_type",
        msg="Input should be a number from 0 to 1",
    ),
    "negative_prompt": _text(),
}
_KLING_IMAGE = {**_KLING_TEXT, "image_url": _url(is_required=True)}
_KLING_MASTER_TEXT = {
    **_KLING_TEXT,
    "aspect_ratio": Field(
        is_valid=lambda value: isinstance(value, str) and value in ASPECT_RATIOS,
        type="literal_error",
        msg=f"Input should be {', '.join(ASPECT_RATIOS)}",
    ),
}


def _model(fields: dict[str, Field], short_side: int, credits: str) -> Model:
    return Model(fields=fields, short_side=short_side, credits=Decimal(credits))


MODELS = {
    "higgsfield-ai/dop/lite": _model(_DOP, 720, "2"),
    "higgsfield-ai/dop/turbo": _model(_DOP, 720, "6.5"),
    "higgsfield-ai/dop/standard": _model(_DOP, 720, "9"),
    "kling-video/v2.1/standard/image-to-video": _model(_KLING_IMAGE, 720, "4.48"),
    "kling-video/v2.1/pro/image-to-video": _model(_KLING_IMAGE, 1080, "7.84"),
    "kling-video/v2.1/master/image-to-video": _model(_KLING_IMAGE, 1080, "22.4"),
    "kling-video/v2.1/master/text-to-video": _model(_KLING_MASTER_TEXT, 1080, "22.4"),
    "kling-video/v2.5-turbo/standard/image-to-video": _model(_KLING_IMAGE, 720, "3.36"),
    "kling-video/v2.5-turbo/pro/image-to-video": _model(_KLING_IMAGE, 1080, "5.6"),
    "kling-video/v2.5-turbo/pro/text-to-video": _model(_KLING_TEXT, 1080, "5.6"),
}
