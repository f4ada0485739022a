"""Texts of the checks in models/rules.py: what a model accepts, in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from keepreel.models.model import Model, Rule

_OPTIONS = {
    "negative_prompt": "a negative prompt",
    "seed": "a seed",
    "end_image": "an end image",
    "reference_images": "reference images",
    "sound": "sound",
    "shots": "shots",
    "cfg_scale": "cfg_scale",
    "motions": "camera motions",
    "enhance_prompt": "prompt enhancement",
    "camera_movement": "a camera movement",
    "watermark": "a watermark",
}
_FORMAT = {"duration_seconds": "a length of", "aspect_ratio": "aspect ratio"}
_SOURCES = {"image": "a source image", "text": "no source image"}
_MAX_LISTED = 8


def option(name: str) -> str:
    return _OPTIONS.get(name, name)


def choice(name: str, values: Sequence[Any]) -> str:
    """Return the allowed values of a field: `5, 10 seconds`, or `3 to 15 seconds` if none is left out between."""
    unit = " seconds" if name == "duration_seconds" else ""
    if len(values) > 2 and all(isinstance(it, int) for it in values) and list(values) == _all_between(values):
        return f"{values[0]} to {values[-1]}{unit}"
    return f"{', '.join(map(str, values))}{unit}"


def unsupported(model: Model, name: str, others: Iterable[Model]) -> str:
    """Say that the model lacks an option, and which of the others have it (a model that never has sound does not)."""
    fitting = [it for it in others if name in it.options and not _is_always_off(it, name)]
    which = f" Models that do: {ids(fitting)}." if fitting else ""
    return f"{model.name} does not support {option(name)}.{which}"


def needs_source(model: Model, others: Iterable[Model]) -> str:
    """Say that the model needs a source image, and which of the others do not."""
    fitting = [it for it in others if "text" in it.flows]
    which = f" Models that do not: {ids(fitting)}." if fitting else ""
    return f"{model.name} needs a source image.{which}"


def ids(models: Sequence[Model]) -> str:
    """Return the ids of the first models, and whether there are more."""
    return ", ".join(it.id for it in models[:_MAX_LISTED]) + (" and others" if len(models) > _MAX_LISTED else "")


def fixed(model: Model, name: str, default: Any) -> str:
    if isinstance(default, bool):
        return f"{model.name} always has {option(name)}." if default else f"{model.name} never has {option(name)}."
    return f"{model.name} accepts only {default} for {option(name)}."


def too_long(model: Model, limit: int | None) -> str:
    return f"{model.name} accepts at most {limit} characters."


def number_range(model: Model, name: str, minimum: float | None, maximum: float | None) -> str:
    what = "seeds" if name == "seed" else name
    return f"{model.name} accepts {what} {_bounds(minimum, maximum)}."


def count(model: Model, name: str, minimum: float | None, maximum: float | None) -> str:
    """Say how many items of a list the model accepts."""
    bounds = _bounds(None if minimum is not None and minimum <= 1 else minimum, maximum)
    return f"{model.name} accepts {bounds.removeprefix('from ')} {_plural(name)}."


def rule(model: Model, rule: Rule) -> str:
    """Return the rule as a sentence: `Sora allows sound only with resolution 1080p.`"""
    causes = " and ".join(_condition(name, values) for name, values in rule.when.items())
    needs = " and ".join(_with(name, values) for name, values in rule.needs.items())
    return f"{model.name} allows {causes} only {needs}."


def _condition(name: str, values: tuple[Any, ...]) -> str:
    if name == "flow":
        return " or ".join(_SOURCES.get(it, str(it)) for it in values)
    if name in _OPTIONS:
        return option(name) if all(values) else f"no {_plural(name)}"
    return f"{_FORMAT.get(name, name)} {choice(name, values)}"


def _with(name: str, values: tuple[Any, ...]) -> str:
    if name == "flow" and values == ("text",):
        return "without a source image"
    if name in _OPTIONS and not any(values):
        return f"without {option(name)}"
    return f"with {_condition(name, values)}"


def _is_always_off(model: Model, name: str) -> bool:
    return model.options[name].is_fixed and model.options[name].default is False


def _plural(name: str) -> str:
    return name.replace("_", " ")


def _bounds(minimum: float | None, maximum: float | None) -> str:
    if minimum is None:
        return f"at most {maximum}"
    return f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"


def _all_between(values: Sequence[Any]) -> list[int]:
    return list(range(values[0], values[-1] + 1))
