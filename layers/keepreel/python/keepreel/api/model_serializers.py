"""Serialize the models of the catalog to JSON, with the rules and prices that the page evaluates."""

from dataclasses import asdict
from typing import Any

from keepreel.api.json_values import usual_seconds
from keepreel.models.model import Model, delivered
from keepreel.videos import model_lookup, options
from keepreel.videos.options import Asked

_NOTHING = Asked(format={}, options={}, negative_prompt=None, seed=None, sent=())


def model_json(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "provider": model.provider,
        "flows": model.flows,
        "duration_seconds": model.durations,
        "aspect_ratios": model.aspect_ratios,
        "resolutions": model.resolutions,
        "delivers": model.delivers,
        "takes_negative_prompt": "negative_prompt" in model.options,
        "takes_seed": "seed" in model.options,
        "options": {name: asdict(option) for name, option in model.options.items()},
        "rules": [asdict(rule) for rule in model.rules],
        "limits": asdict(model.limits),
        "prices": [asdict(price) for price in model.prices],
        "usd_per_second": {it: _usd_per_second(model, it) for it in model.resolutions},
        "price_verified_at": model.price_verified_at and model.price_verified_at.isoformat(),
        "usual_seconds": usual_seconds(model),
        "default_for": model_lookup.roles(model),
        "successor": model.successor,
        "notes": model.notes,
    }


def _usd_per_second(model: Model, resolution: str) -> float:
    """Return the price without options. A price per video is divided by the default length."""
    plain = options.fill(_NOTHING, model, flow=model.flows[0])
    values = delivered(model, {**plain.values, "resolution": resolution})
    seconds = plain.format.duration_seconds
    return round(model.price(values).usd(duration_seconds=seconds) / seconds, 6)
