"""The generated sections of docs/configuration.md, from template.yaml and the model catalog."""

from typing import Any

from keepreel.models import catalog
from keepreel.models.model import Model, Price
from local.aws.template import parsed
from local.paths import ROOT
from local.tools.markdown import code, table


def parameters() -> str:
    """Return the parameters of the template. Raises KeyError for one without a description."""
    rows = [
        (code(name), code(it.get("Default", "")), _allowed(it), str(it["Description"]))
        for name, it in _template()["Parameters"].items()
    ]
    return table(("parameter", "default", "allowed values", "meaning"), rows)


def environment() -> str:
    """Return the environment variables that every function gets, and where each value comes from."""
    variables = _template()["Globals"]["Function"]["Environment"]["Variables"]
    return table(("variable", "value"), ((code(name), _value(it)) for name, it in variables.items()))


def models() -> str:
    """Return the models of the catalog, with their prices and states."""
    rows = [
        (
            code(it.id),
            ", ".join(it.flows),
            _seconds(list(it.durations)),
            ", ".join(it.resolutions),
            "; ".join(map(_price, it.prices)),
            f"{it.price_verified_at or 'unverified'}",
            f"{it.usual_seconds[1]}",
            _state(it),
        )
        for it in catalog.models().values()
    ]
    header = ("model", "from", "seconds", "resolutions", "price", "price of", "usual time (s)", "state")
    return table(header, rows)


def _state(model: Model) -> str:
    if model.retired_on:
        return f"retired {model.retired_on}; successor {code(model.successor or '')}"
    return "switched off" if model.switched_off else "offered"


def _price(price: Price) -> str:
    conditions = ", ".join(_condition(name, value) for name, value in price.when.items())
    is_per_video = price.usd_per_video is not None
    amount = f"${price.usd_per_video:g} a video" if is_per_video else f"${price.usd_per_second:g} a second"
    return f"{conditions}: {amount}" if conditions else amount


def _condition(name: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{'with' if value else 'without'} {name}"
    return str(value) if name == "resolution" else f"{name} {value}"


def _template() -> dict[str, Any]:
    template: dict[str, Any] = parsed(ROOT / "template.yaml")
    return template


def _allowed(it: dict[str, Any]) -> str:
    if "AllowedValues" in it:
        return ", ".join(map(code, it["AllowedValues"]))
    if "MinValue" in it:
        return f"{it['MinValue']} to {it['MaxValue']}" if "MaxValue" in it else f"{it['MinValue']} or more"
    return code(it.get("AllowedPattern", ""))


def _value(it: Any) -> str:
    """Where a value comes from: a parameter, a resource, a name or a constant."""
    if isinstance(it, dict) and "Ref" in it:
        kind = "parameter" if it["Ref"] in _template()["Parameters"] else "resource"
        return f"{kind} `{it['Ref']}`"
    if isinstance(it, dict) and "Fn::If" in it:
        given, other = map(_value, it["Fn::If"][1:])
        return f"{given}, otherwise {other}" if other else given
    return code(it["Fn::Sub"] if isinstance(it, dict) else it)


def _seconds(durations: list[int]) -> str:
    is_range = len(durations) > 2 and durations == list(range(durations[0], durations[-1] + 1))
    return f"{durations[0]} to {durations[-1]}" if is_range else ", ".join(map(str, durations))
