"""The figures that costs and limits are computed from: counts of `make bench`, and values of template.yaml."""

import json
from functools import cache
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from keepreel.models import catalog
from keepreel.models.model import Model
from local.paths import ROOT

MEASURED = ROOT / "docs/performance.json"
_WORKFLOW = "(kling-2.6, median 90 s)"  # the lines of `make bench` for the default model


def measured(line: str) -> float:
    """Return what `make bench` last measured for a line. Raises KeyError for an unknown line."""
    values: dict[str, float] = _measured()
    return values[line]


def of_workflow(line: str, *, way: str) -> float:
    """Return a measured count of the workflow; `way` is `callbacks` or `polling`."""
    return measured(f"{line}, {way} {_WORKFLOW}")


def page_reads() -> float:
    """Return how often the page asks for the status of one video."""
    return measured(f"page status reads a video {_WORKFLOW}")


def default_model() -> Model:
    """Return the model that a person's video gets without a choice. Raises LookupError if none is offered."""
    model = catalog.default_model("user")
    if model is None:
        raise LookupError("the catalog offers no default model")
    return model


def memory_gb(function: str) -> float:
    """Return the memory of a function, in GB. Raises KeyError for an unknown one."""
    properties = template()["Resources"][function]["Properties"]
    return float(properties.get("MemorySize", template()["Globals"]["Function"]["MemorySize"])) / 1024


def default(parameter: str) -> Any:
    """Return the default of a parameter of the template."""
    return template()["Parameters"][parameter]["Default"]


def resolved(value: Any) -> Any:
    """Return a value of the template; of a parameter, its default."""
    return default(value["Ref"]) if isinstance(value, dict) else value


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return parsed


@cache
def _measured() -> dict[str, float]:
    values: dict[str, float] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return values
