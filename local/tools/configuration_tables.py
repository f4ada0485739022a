"""The generated sections of docs/configuration.md, from template.yaml and the model catalog."""

from typing import Any

from samtranslator.yaml_helper import yaml_parse

from keepreel import catalog
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
    """Return the models of the catalog, with their prices per second."""
    rows = [
        (
            code(it.id) + (" (retired)" if it.retired else ""),
            it.provider,
            ", ".join(it.flows),
            _seconds(list(it.durations)),
            "; ".join(f"{resolution} ${price:g}" for resolution, price in it.price_usd.items()),
            f"{it.usual_seconds[1]}",
        )
        for it in catalog.models().values()
    ]
    return table(("model", "provider", "from", "seconds", "price per second", "usual time (s)"), rows)


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
