"""Every row of the catalog is whole; a new one is tested by being there."""

import pytest

from keepreel import catalog
from keepreel.catalog import Model

ROWS = pytest.mark.parametrize("model", catalog.models().values(), ids=lambda model: model.id)


@ROWS
def test_a_row_offers_something_of_everything(model: Model) -> None:
    assert model.provider_model or model.id == catalog.DEFAULT_BOT_MODEL
    assert all((model.name, model.flows, model.durations, model.aspect_ratios, model.resolutions))
    assert set(model.flows) <= {"image", "text"}


@ROWS
def test_a_row_has_a_price_for_each_resolution(model: Model) -> None:
    assert set(model.price_usd) == set(model.resolutions)
    assert all(price > 0 for price in model.price_usd.values())


@ROWS
def test_a_row_is_usually_slower_than_at_its_fastest(model: Model) -> None:
    fastest, usual = model.usual_seconds

    assert 0 < fastest <= usual


def test_the_default_is_what_the_owner_asked_for() -> None:
    model = catalog.models()[catalog.DEFAULT_MODEL]

    assert (model.id, model.durations[0], model.aspect_ratios[0]) == ("kling-v2-1", 5, "1:1")


def test_a_cost_is_whole_cents_rounded_up() -> None:
    model = catalog.models()["kling-2.5-turbo"]

    assert model.estimated_cost_cents(duration_seconds=5, resolution="720p") == 21
    assert model.estimated_cost_cents(duration_seconds=5, resolution="1080p") == 35
    assert catalog.models()["kling-3.0"].estimated_cost_cents(duration_seconds=3, resolution="720p") == 26
