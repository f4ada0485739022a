"""GET /v1/models: options, rules and prices in the structure of the catalog."""

from dataclasses import asdict
from typing import Any

import pytest

from keepreel.models import catalog
from keepreel.models.model import Model
from tests.api_client import ApiClient


@pytest.fixture
def listed(user: ApiClient) -> dict[str, dict[str, Any]]:
    return {it["id"]: it for it in user.send("GET", "/v1/models").json()["models"]}


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_json(it) for name, it in value.items()}
    return [as_json(it) for it in value] if isinstance(value, tuple | list) else value


def plain_price(model: Model, resolution: str) -> float:
    sound = model.options["sound"].default if "sound" in model.options else False
    values = {"resolution": model.delivers or resolution, "flow": model.flows[0], "sound": bool(sound)}
    seconds = 5 if 5 in model.durations else model.durations[0]
    return round(model.price({**values, "duration_seconds": seconds}).usd(duration_seconds=seconds) / seconds, 6)


def test_options_rules_and_prices_are_those_of_the_catalog(listed: dict[str, dict[str, Any]]) -> None:
    for id, model in catalog.offered().items():
        shown = listed[id]
        assert shown["options"] == {name: as_json(asdict(it)) for name, it in model.options.items()}
        assert shown["rules"] == [as_json(asdict(it)) for it in model.rules]
        assert shown["prices"] == [as_json(asdict(it)) for it in model.prices]
        assert (shown["successor"], shown["delivers"]) == (model.successor, model.delivers)


def test_usd_per_second_is_the_price_without_options(listed: dict[str, dict[str, Any]]) -> None:
    assert {id: it["usd_per_second"] for id, it in listed.items()} == {
        id: {resolution: plain_price(model, resolution) for resolution in model.resolutions}
        for id, model in catalog.offered().items()
    }
