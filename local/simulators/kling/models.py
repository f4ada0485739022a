"""The models of each Kling API, from models.toml: what each one accepts in each flow, and its prices."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from local.simulators.kling.codes import ApiError, discontinued
from local.simulators.kling.settings import KlingSettings

SHORT_SIDES = {"720p": 720, "1080p": 1080, "4k": 2160}
MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}  # the legacy `mode` as a resolution of the tasks API
FLOWS = {  # the path of each API names the flow
    "text-to-video": "text",
    "image-to-video": "image",
    "omni-video": "omni",
    "motion-control": "motion",
    "text2video": "text",
    "image2video": "image",
}
_MAX_IMAGE_BYTES = {"tasks": 50_000_000, "legacy": 10_000_000}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model in one flow of one API. The first of `resolutions` and `sounds` is the default."""

    api: str
    model: str
    flow: str
    state: str
    resolutions: tuple[str, ...]
    durations: tuple[int, ...]  # empty: no field, the video has the length of the input video
    durations_without_references: tuple[int, ...] = ()
    aspect_ratios: tuple[str, ...]
    prompt_chars: int
    prompt_required: bool
    prices: str
    max_image_bytes: int
    negative_prompt_chars: int = 0  # 0: no field
    sounds: tuple[str, ...] = ()  # off, native, original; empty: no field
    native_sound_at: tuple[str, ...] = ()  # resolutions; empty: all
    always_sound: bool = False
    multi_shot_default: bool | None = None  # None: no field
    shot_prompt: bool = False  # a prompt "shot n, m, words;" defines the shots
    end_frame: tuple[str, ...] = ()  # resolutions
    end_frame_silent: bool = False
    frames_exclude_references: bool = False
    max_references: int = 0  # reference images and elements together
    max_references_with_video: int = 0
    max_elements: int = 0
    max_elements_with_frames: int | None = None
    max_voices: int = 0
    cfg_scale: bool = False

    @property
    def default_duration(self) -> int:
        return 5

    def usd_per_second(self, kind: str, resolution: str) -> Decimal:
        """Return the list price; `kind` is silent, sound, voice or video. Without an own price, a voice is sound."""
        prices = _PRICES[self.prices]
        kind = "sound" if kind == "voice" and kind not in prices else kind
        # The list has one price for 4.0 Flash, and none for a video as its input.
        return Decimal(prices.get(kind, prices.get("sound", {}))[resolution])


def _row(item: dict[str, Any]) -> Row:
    fields = {"max_image_bytes": _MAX_IMAGE_BYTES[item["api"]], **_DATA["defaults"], **item}
    if first_and_last := fields.pop("range", None):
        fields["durations"] = range(first_and_last[0], first_and_last[1] + 1)
    values: dict[str, Any] = {key: tuple(it) if isinstance(it, list | range) else it for key, it in fields.items()}
    return Row(**values)


_DATA = tomllib.loads(Path(__file__).with_name("models.toml").read_text())
_PRICES: dict[str, dict[str, dict[str, str]]] = _DATA["prices"]
AS_OF: date = _DATA["as_of"]
ROWS = {(row.api, row.flow, row.model): row for row in map(_row, _DATA["rows"])}


def find(api: str, kind: str, name: str, settings: KlingSettings) -> Row:
    """Return the model's row for the path's flow. Raises ApiError if the model is retired or unknown."""
    rows = {row.flow: row for row in ROWS.values() if (row.api, row.model) == (api, name)}
    flow = FLOWS[kind]
    if name in settings.unavailable_models or f"{kind}/{name}" in settings.unavailable_models:
        raise discontinued(name, settings)
    states = {row.state for row in rows.values()} if name not in settings.extra_models else {"live"}
    if states == {"retired"}:
        raise discontinued(name, settings)
    if not rows or states == {"unreleased"}:
        raise ApiError(1203)
    if flow not in rows:
        raise ApiError(1201, "model is not supported")
    return rows[flow]
