"""The generated sections of docs/configuration.md, from template.yaml and the model catalog."""

from typing import Any

from samtranslator.yaml_helper import yaml_parse

from keepreel.models import catalog
from keepreel.models.model import Price
from local.paths import ROOT
from local.tools.markdown import code, table


def parameters() -> str:
    """Return the parameters of the template. Raises KeyError for one without a description."""
    rows = [
        (code(name), code(it["Default"]), _allowed(it), str(it["Description"]))
        for name, it in _template()["Parameters"].items()
    ]
    return table(("parameter", "default", "allowed values", "meaning"), rows)


def environment() -> str:
    """Return the environment variables that every function gets, and where each value comes from."""
    variables = _template()["Globals"]["Function"]["Environment"]["Variables"]
    return table(("variable", "value"), ((code(name), _value(it)) for name, it in variables.items()))


def models() -> str:
    """Return the models of the catalog, with their prices."""
    rows = [
        (
            code(it.id) + (f" (retired {it.retired_on})" if it.retired_on else ""),
            it.provider,
            ", ".join(it.flows),
            _seconds(list(it.durations)),
            "; ".join(map(_price, it.prices)),
            f"{it.usual_seconds[1]}",
        )
        for it in catalog.models().values()
    ]
    return table(("model", "provider", "from", "seconds", "price", "usual time (s)"), rows)


def _price(price: Price) -> str:
    conditions = ", ".join(
        str(value) if name == "resolution" else f"{name} {value}" for name, value in price.when.items()
    )
    per_second = f"${price.usd_per_second:g} a second"
    return f"{conditions}: {f'${price.usd_per_video:g} a video' if price.usd_per_video is not None else per_second}"


def _template() -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return template


def _allowed(it: dict[str, Any]) -> str:
    if "AllowedValues" in it:
        return ", ".join(map(code, it["AllowedValues"]))
    if "MinValue" in it:
        return f"{it['MinValue']} or more"
    return code(it.get("AllowedPattern", ""))


def _value(it: Any) -> str:
    """Where a value comes from: a parameter, a resource, a name or a constant."""
    if isinstance(it, dict) and "Ref" in it:
        kind = "parameter" if it["Ref"] in _template()["Parameters"] else "resource"
        return f"{kind} `{it['Ref']}`"
    return code(it["Fn::Sub"] if isinstance(it, dict) else it)


def _seconds(durations: list[int]) -> str:
    is_range = len(durations) > 2 and durations == list(range(durations[0], durations[-1] + 1))
    return f"{durations[0]} to {durations[-1]}" if is_range else ", ".join(map(str, durations))
