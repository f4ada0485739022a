"""Fill in the format and the options of a request: what was asked for, else what fits the model."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from keepreel.models import rules
from keepreel.models.model import Flow, Model
from keepreel.models.options import Motion, Options, Shot, VideoFormat

if TYPE_CHECKING:  # loads pydantic, which the list of models does not need
    from keepreel.schemas.requests import RemixRequest, VideoRequest

OPTIONS = tuple(it.name for it in fields(Options))
_DEFAULT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request asks for, with what a remix keeps. None in `format` means left out.

    `sent` has the names of the fields in the request itself: errors point to them, and they are never changed.
    """

    format: Mapping[str, Any]
    options: Mapping[str, Any]
    negative_prompt: str | None
    seed: int | None
    sent: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Format and options with all defaults, and the same as flat values for rules and prices."""

    format: VideoFormat
    options: Options
    negative_prompt: str | None
    seed: int | None
    values: Mapping[str, object]


def of_request(request: "VideoRequest | RemixRequest") -> Asked:
    return Asked(
        format={name: getattr(request, name) for name in rules.FORMAT},
        options=given_options(request),
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        sent={name for name in request.model_fields_set if getattr(request, name) is not None},
    )


def given_options(request: "VideoRequest | RemixRequest") -> dict[str, Any]:
    """Return the request's options that are not null, by name, as values of `Options`."""
    given = {name: getattr(request, name) for name in OPTIONS}
    shots = tuple(Shot(prompt=it.prompt, duration_seconds=it.duration_seconds) for it in given["shots"] or ())
    motions = tuple(Motion(id=it.id, strength=it.strength) for it in given["motions"] or ())
    images = tuple(given["reference_images"] or ())
    given |= {"shots": shots, "motions": motions, "reference_images": images}
    return {name: value for name, value in given.items() if value is not None and value != ()}


def fill(asked: Asked, model: Model, *, flow: Flow, resolution: str = "") -> Filled:
    """Fill in what was left out: the length of the shots or five seconds, `resolution`, and the model's defaults.

    A field that was not sent takes another value if the rules of the model require it.
    """
    format = _format(asked, model, resolution=resolution)
    options = {**_defaults(model), **{name: it for name, it in asked.options.items() if not _is_off(model, name, it)}}
    values = rules.values_of(
        flow=flow,
        format=format,
        options=Options(**options),
        negative_prompt=asked.negative_prompt,
        seed=asked.seed,
    )
    free = ({*rules.FORMAT, *options, "negative_prompt", "seed"} - set(asked.sent)) - (
        {"duration_seconds"} if options.get("shots") else set()
    )
    fitted = rules.fitted(model, values, free=free)
    dropped = {name for name in options if values[name] and not fitted[name]}
    kept = {name: it for name, it in options.items() if name not in dropped}
    shape: dict[str, Any] = {name: fitted[name] for name in rules.FORMAT}
    off: dict[str, Any] = dict.fromkeys(dropped & set(rules.SWITCHES), False)
    return Filled(
        format=VideoFormat(**shape),
        options=Options(**kept, **off),
        negative_prompt=asked.negative_prompt if fitted["negative_prompt"] else None,
        seed=asked.seed if fitted["seed"] else None,
        values=fitted,
    )


def _format(asked: Asked, model: Model, *, resolution: str) -> dict[str, Any]:
    shots = asked.options.get("shots")
    seconds = sum(shot.duration_seconds for shot in shots) if shots else _DEFAULT_SECONDS
    defaults = {
        "duration_seconds": seconds if shots or seconds in model.durations else model.durations[0],
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": resolution if resolution in model.resolutions else model.resolutions[0],
    }
    return defaults | {name: value for name, value in asked.format.items() if value is not None}


def _defaults(model: Model) -> dict[str, Any]:
    """Return the model's default of each option. Sound, a rewritten prompt and a watermark are off unless fixed."""
    defaults = {name: option.default for name, option in model.options.items() if name in OPTIONS}
    off = {name: False for name in rules.SWITCHES if name in defaults}
    return off | {name: value for name, value in defaults.items() if value is not None}


def _is_off(model: Model, name: str, value: Any) -> bool:
    """Return whether the value switches off an option that the model does not have."""
    return value is False and name not in model.options
