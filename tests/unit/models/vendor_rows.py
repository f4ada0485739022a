"""The vendors' capabilities, copied from their pages, and what a row of the catalog offers in one flow."""

import json
from pathlib import Path
from typing import Any

from keepreel.models.model import Flow, Model

_FOLDER = Path(__file__).parents[2] / "data/vendor_capabilities"

KLING: dict[str, Any] = json.loads((_FOLDER / "kling.json").read_text())
HIGGSFIELD: dict[str, Any] = json.loads((_FOLDER / "higgsfield.json").read_text())


def offered(model: Model, name: str, *, flow: Flow, **more: object) -> list[Any]:
    """Return the model's values of a format field that no rule excludes in this flow."""
    values = {"duration_seconds": model.durations, "aspect_ratio": model.aspect_ratios, "resolution": model.resolutions}
    return [it for it in values[name] if not is_excluded(model, {"flow": flow, name: it, **more})]


def takes(model: Model, option: str, *, flow: Flow) -> bool:
    if option not in model.options:
        return False
    values = model.options[option].values
    return not is_excluded(model, {"flow": flow, option: values[-1] if values else True})


def is_excluded(model: Model, values: dict[str, object]) -> bool:
    """Return whether a rule forbids these values, whatever the others are."""
    return any(
        all(values.get(name, False) in allowed for name, allowed in rule.when.items())
        and any(name in values and values[name] not in allowed for name, allowed in rule.needs.items())
        for rule in model.rules
    )
