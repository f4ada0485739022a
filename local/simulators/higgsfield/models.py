"""Higgsfield's models by path, and the validation of a request body. Data: models.toml, independent of Keepreel."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.fields import Field

_DEFAULT_SECONDS, _DEFAULT_SHORT_SIDE = 5, 720
_SHORT_SIDES = {"std": 720, "pro": 1080, "2k": 1440, "4k": 2160}  # of a mode or resolution that is not "720p"


@dataclass(frozen=True, kw_only=True)
class Model:
    path: str
    fields: Mapping[str, Field]
    short_side: int = _DEFAULT_SHORT_SIDE
    seconds: float = _DEFAULT_SECONDS
    always_has_sound: bool = False
    prices: tuple[Mapping[str, Any], ...] = ()
    price_words: str | None = None


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    """A valid request. `values` are the model's fields with its defaults, as the video is made."""

    model: Model
    values: Mapping[str, Any]
    ignored_fields: tuple[str, ...]  # the names of given fields that the model does not have

    @property
    def prompt(self) -> str:
        return str(self.values.get("prompt") or "")

    @property
    def seconds(self) -> float:
        return float(self.values.get("duration", self.model.seconds))

    @property
    def has_sound(self) -> bool:
        sound = self.values.get("sound") == "on" or self.values.get("generate_audio") is True
        return sound or self.model.always_has_sound

    @property
    def short_side(self) -> int:
        size = self.values.get("resolution", self.values.get("mode"))
        if size is None:
            return self.model.short_side
        return _SHORT_SIDES.get(size.lower()) or int(size.removesuffix("p"))

    @property
    def image_urls(self) -> dict[str, str]:
        """The images by the field that names them. The first one is the first frame."""
        values = self.values
        names = ("image_url", "first_frame_url", "end_image_url", "last_image_url", "last_frame_url")
        listed = {f"image_urls[{index}]": url for index, url in enumerate(values.get("image_urls") or ())}
        return {name: values[name] for name in names if values.get(name)} | listed


def validate(model: Model, body: dict[str, Any]) -> VideoRequest:
    """Raise ApiError 422 with every missing or invalid field, or 400 for shots without a list of them."""
    if problems := [problem for name, field in model.fields.items() for problem in field.problems(name, body)]:
        raise ApiError(422, problems)
    given = {name: body[name] for name in model.fields if body.get(name) is not None}
    if given.get("multi_shots") and "multi_prompt" in model.fields and "multi_prompt" not in given:
        raise ApiError(400, "multi_prompt is required when multi_shots is true")
    defaults = {name: field.default for name, field in model.fields.items() if field.default is not None}
    values = {**defaults, **given}
    if "prompt" in values:
        values["prompt"] = values["prompt"][:MAX_PROMPT_CHARS]
    return VideoRequest(
        model=model, values=values, ignored_fields=tuple(name for name in body if name not in model.fields)
    )


def _load(rows: dict[str, dict[str, Any]]) -> dict[str, Model]:
    fields = {path: _fields(row["fields"]) for path, row in rows.items() if "fields" in row}
    return {path: _model(path, row, fields=fields[row.get("like", path)]) for path, row in rows.items()}


def _fields(rows: dict[str, dict[str, Any]]) -> dict[str, Field]:
    return {name: Field(**{**row, "values": tuple(row.get("values", ()))}) for name, row in rows.items()}


def _model(path: str, row: dict[str, Any], *, fields: dict[str, Field]) -> Model:
    own = {name: value for name, value in row.items() if name not in ("like", "fields", "prices")}
    return Model(path=path, fields=fields, prices=tuple(row.get("prices", ())), **own)


_DATA = tomllib.loads(Path(__file__).with_name("models.toml").read_text("utf-8"))
AS_OF: date = _DATA["as_of"]
MAX_PROMPT_CHARS: int = _DATA["max_prompt_chars"]
MODELS = _load(_DATA["models"])
