"""Checks of a request against its model: each value alone, then the rules between fields.

A violation is a FieldError that points to a field of the request and says what fits. A field that is wrong by itself
is not reported a second time by a rule.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from keepreel.errors import FieldError
from keepreel.models import wording
from keepreel.models.model import Flow, Model, Option, Rule, Values
from keepreel.models.options import Options

FORMAT = ("duration_seconds", "aspect_ratio", "resolution")
SWITCHES = ("sound", "enhance_prompt", "watermark")  # options whose value is true or false


def values_of(
    *, flow: Flow, format: Mapping[str, object], options: Options, negative_prompt: str | None, seed: int | None
) -> dict[str, object]:
    """Return what a request asks for as the flat fields that rules and prices compare (see `model.Values`)."""
    given = {**vars(options), "negative_prompt": negative_prompt, "seed": seed}
    is_present = {name: value not in (None, ()) for name, value in given.items()}
    switches = {name: bool(given[name]) for name in SWITCHES}
    movement = {"camera_movement": options.camera_movement or False}
    return {"flow": flow, **{name: format[name] for name in FORMAT}, **is_present, **switches, **movement}


def format_violations(model: Model, values: Values) -> list[FieldError]:
    """Return one error for each of length, shape and resolution that the model does not offer."""
    offered = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    return [
        FieldError(f"/{name}", f"{model.name} offers {wording.choice(name, choices)}.")
        for name, choices in offered.items()
        if values[name] not in choices
    ]


def option_violations(model: Model, name: str, value: Any, *, others: Iterable[Model] = ()) -> list[FieldError]:
    """Return why the model does not accept this value of an option. It may lack a switch that is off.

    If the model lacks the option, the error names those of the `others` that have it.
    """
    option = model.options.get(name)
    if option is None:
        return [] if value is False else [FieldError(f"/{name}", wording.unsupported(model, name, others))]
    if option.is_fixed:
        return [] if value == option.default else [FieldError(f"/{name}", wording.fixed(model, name, option.default))]
    if isinstance(value, tuple):
        return _item_violations(model, name, value, option)
    if isinstance(value, str) and name == "negative_prompt":
        limit = option.max_chars or model.limits.max_prompt_chars
        return [] if len(value) <= limit else [FieldError(f"/{name}", wording.too_long(model, limit))]
    return _value_violations(model, name, value, option)


def missing_options(model: Model, values: Values) -> list[FieldError]:
    """Return an error for each option that the model cannot do without."""
    missing = [name for name, option in model.options.items() if option.is_required and not values.get(name)]
    return [FieldError(f"/{name}", f"{model.name} needs {wording.option(name)}.") for name in missing]


def rule_violations(model: Model, values: Values, *, sent: Collection[str], wrong: Collection[str]) -> list[FieldError]:
    """Return an error for each broken rule, at a field that was sent. Rules about `wrong` fields are not checked."""
    broken = [rule for rule in model.rules if _is_broken(rule, values) and not {*rule.when, *rule.needs} & set(wrong)]
    errors = [FieldError(_pointer(rule, values, sent=sent), wording.rule(model, rule)) for rule in broken]
    return list(dict.fromkeys(errors))


def fitted(model: Model, values: Values, *, free: Collection[str]) -> dict[str, object]:
    """Return the values with changes to `free` fields only, so that no rule is broken, as far as that is possible.

    A free format takes the first value that fits; a free option is switched off.
    """
    fitting = dict(values)
    for _ in model.rules:
        changes = [_fix(model, rule, fitting, free=free) for rule in model.rules if _is_broken(rule, fitting)]
        change = next((it for it in changes if it), None)
        if change is None:
            break
        fitting |= change
    return fitting


def _value_violations(model: Model, name: str, value: Any, option: Option) -> list[FieldError]:
    minimum, maximum = option.minimum, option.maximum
    if name == "seed":
        minimum, maximum = model.limits.min_seed, model.limits.max_seed
    if option.values and value not in option.values:
        return [FieldError(f"/{name}", f"{model.name} offers {wording.choice(name, option.values)}.")]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        return [FieldError(f"/{name}", wording.number_range(model, name, minimum, maximum))]
    return []


def _item_violations(model: Model, name: str, items: tuple[Any, ...], option: Option) -> list[FieldError]:
    minimum, maximum = option.minimum, option.maximum
    if (minimum is not None and len(items) < minimum) or (maximum is not None and len(items) > maximum):
        return [FieldError(f"/{name}", wording.count(model, name, minimum, maximum))]
    return [
        FieldError(f"/{name}/{index}/{field}", wording.too_long(model, option.max_chars))
        for index, item in enumerate(items)
        for field in ("prompt", "id")
        if option.max_chars is not None and len(getattr(item, field, "")) > option.max_chars
    ]


def _is_broken(rule: Rule, values: Values) -> bool:
    return _holds(rule.when, values) and not _holds(rule.needs, values)


def _holds(conditions: Mapping[str, tuple[Any, ...]], values: Values) -> bool:
    return not _unmet(conditions, values)


def _unmet(conditions: Mapping[str, tuple[Any, ...]], values: Values) -> list[str]:
    return [name for name, allowed in conditions.items() if values.get(name, False) not in allowed]


def _fix(model: Model, rule: Rule, values: Values, *, free: Collection[str]) -> dict[str, object] | None:
    unmet = _unmet(rule.needs, values)
    fixes = {name: _fitting_value(model, name, rule.needs[name]) for name in unmet if name in free}
    if len(fixes) == len(unmet) and None not in fixes.values():
        return fixes
    options = [name for name in rule.when if name in free and name in model.options and values.get(name)]
    return {options[0]: False} if options else None


def _fitting_value(model: Model, name: str, allowed: tuple[Any, ...]) -> object:
    """Return the first of the model's values that a rule allows; None if there is none."""
    offered = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    return next((it for it in offered.get(name, (False,)) if it in allowed), None)


def _pointer(rule: Rule, values: Values, *, sent: Collection[str]) -> str:
    """Point to an option that was sent rather than to the format, and to the cause rather than to what it needs."""
    names = [name for name in (*rule.when, *_unmet(rule.needs, values)) if name != "flow"]
    names.sort(key=lambda name: name in FORMAT)
    field = next((name for name in names if name in sent), names[0] if names else "source_image")
    return f"/{field}"
