"""Dataclasses of the model catalog: a model with its options, rules, limits, prices and lifecycle."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Flow = Literal["image", "text"]
# What a request asks for, by field: `flow`, `duration_seconds`, `aspect_ratio`, `resolution`, and each option. An
# image, a list or a text counts as True if it is present, and a camera movement as its name. A missing value is False.
Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one model's inputs."""

    max_prompt_chars: int = 2500  # of the prompt and of the negative prompt
    max_prompt_chars_from_image: int | None = None  # of the prompt beside a source image; None: the same
    max_image_bytes: int = 10 * 1024 * 1024
    min_image_side: int = 300  # pixels
    image_formats: tuple[str, ...] = ("JPEG", "PNG")  # other formats are converted
    min_image_ratio: float = 0.4  # width divided by height
    max_image_ratio: float = 2.5
    min_seed: int = 1
    max_seed: int | None = None  # None: the model takes no seed

    def prompt_chars(self, flow: Flow) -> int:
        """Return the longest prompt, in characters."""
        from_image = self.max_prompt_chars_from_image if flow == "image" else None
        return from_image or self.max_prompt_chars


@dataclass(frozen=True, kw_only=True)
class Option:
    """What a model accepts for one option of a request. A model without the option refuses it.

    default     the value that is sent if the request has none; None: nothing is sent
    values      the allowed values; empty: any
    minimum, maximum   bounds of a number, or of the number of items in a list
    max_chars   bound of each text in a list
    is_fixed    the model has only the default value
    is_required the model cannot do without it
    is_joined   the texts of a list are sent as one text, which the limit of the prompt bounds
    """

    default: Any = None
    values: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_chars: int | None = None
    is_fixed: bool = False
    is_required: bool = False
    is_joined: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule between fields: if every field in `when` has one of its values, every field in `needs` must, too."""

    when: Mapping[str, tuple[Any, ...]]
    needs: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price in USD for requests whose fields have the values of `when`: per second, or per video of any length."""

    when: Mapping[str, Any] = field(default_factory=dict)
    usd_per_second: float | None = None
    usd_per_video: float | None = None

    def applies_to(self, values: Values) -> bool:
        return all(values.get(name, False) == value for name, value in self.when.items())

    def usd(self, *, duration_seconds: int) -> float:
        """Return the price of one video in USD."""
        return self.usd_per_video if self.usd_per_video is not None else (self.usd_per_second or 0) * duration_seconds


@dataclass(frozen=True, kw_only=True)
class Model:
    """One row of catalog.toml, which describes each field at the top."""

    id: str
    name: str
    provider: str
    provider_model: str
    endpoints: str = ""
    flows: tuple[Flow, ...]
    durations: tuple[int, ...]
    aspect_ratios: tuple[str, ...]
    resolutions: tuple[str, ...]
    delivers: str | None = None
    options: Mapping[str, Option] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    limits: Limits = Limits()
    fields: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    is_capacity_per_model: bool = False  # whether the provider limits concurrent videos per model, not per account
    usual_seconds: tuple[int, int]
    prices: tuple[Price, ...]
    price_verified_at: date | None = None
    retired_on: date | None = None
    successor: str | None = None
    switched_off: bool = False
    sources: tuple[str, ...] = ()
    notes: str = ""

    def price(self, values: Values) -> Price:
        """Return the first price that applies. The catalog's test ensures that there is always one."""
        return next(price for price in self.prices if price.applies_to(values))

    def estimated_cost_cents(self, values: Values) -> int:
        """Return the expected cost of one video in whole US cents, rounded up; `values` has at least the format."""
        seconds = values["duration_seconds"]
        if not isinstance(seconds, int):
            raise TypeError("duration_seconds must be a whole number")
        return math.ceil(round(self.price(values).usd(duration_seconds=seconds) * 100, 6))


def delivered(model: Model, values: Values) -> Values:
    """Return the values with the resolution that the provider really makes, which is what a price is for."""
    made = {**values, "resolution": model.delivers or values["resolution"]}
    return made if any(price.applies_to(made) for price in model.prices) else values
