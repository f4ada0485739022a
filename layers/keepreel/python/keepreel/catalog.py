"""Model catalog: the rows of catalog.toml as dataclasses."""

import math
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

DEFAULT_MODEL = "kling-v2-1"
DEFAULT_BOT_MODEL = "higgsfield/realistic-vision-v5"
DEFAULT_BOT_TEXT_MODEL = "kling-2.5-turbo"  # for communities without an avatar
DEFAULTS = {"user": DEFAULT_MODEL, "bot": DEFAULT_BOT_MODEL, "bot_without_image": DEFAULT_BOT_TEXT_MODEL}
BOT_RESOLUTION = "1080p"  # if the model offers it
_FALLBACK_SECONDS = 45


@dataclass(frozen=True, kw_only=True)
class Model:
    """One row of catalog.toml, which describes each field at the top."""

    id: str
    name: str
    provider: str
    provider_model: str
    endpoints: str = ""
    flows: tuple[Literal["image", "text"], ...]
    durations: tuple[int, ...]
    aspect_ratios: tuple[str, ...]
    resolutions: tuple[str, ...]
    usual_seconds: tuple[int, int]
    price_usd: dict[str, float]
    price_verified_at: date | None = None
    takes: tuple[str, ...] = ()
    retired: bool = False
    notes: str = ""

    def estimated_cost_cents(self, *, duration_seconds: int, resolution: str) -> int:
        """Return the expected cost of one video in whole US cents, rounded up."""
        return math.ceil(round(self.price_usd[resolution] * duration_seconds * 100, 6))


@lru_cache(maxsize=1)
def models() -> dict[str, Model]:
    """Return every model by id, in the file's order."""
    text = (resources.files("keepreel") / "catalog.toml").read_text(encoding="utf-8")
    return {id: Model(id=id, **_tuples(row)) for id, row in tomllib.loads(text).items()}


def offered() -> dict[str, Model]:
    """Return the models that new requests may use."""
    return {id: model for id, model in models().items() if not model.retired}


def fastest_seconds(id: str) -> int:
    """Return a model's shortest generation time; a guess if its row was removed, because its videos are still shown."""
    model = models().get(id)
    return model.usual_seconds[0] if model else _FALLBACK_SECONDS


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
