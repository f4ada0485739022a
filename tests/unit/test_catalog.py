"""Every row of the catalog is complete; a new row is tested automatically."""

import pytest

from keepreel import catalog
from keepreel.catalog import Model

ROWS = pytest.mark.parametrize("model", catalog.models().values(), ids=lambda model: model.id)


@ROWS
def test_model_has_a_name_flows_durations_ratios_and_resolutions(model: Model) -> None:
    assert model.provider_model or model.id == catalog.DEFAULT_BOT_MODEL
    assert all((model.name, model.flows, model.durations, model.aspect_ratios, model.resolutions))
    assert set(model.flows) <= {"image", "text"}


@ROWS
def test_model_has_a_price_for_each_resolution(model: Model) -> None:
    assert set(model.price_usd) == set(model.resolutions)
    assert all(price > 0 for price in model.price_usd.values())


@ROWS
def test_usual_time_is_not_below_the_fastest(model: Model) -> None:
    fastest, usual = model.usual_seconds

    assert 0 < fastest <= usual


def test_default_model_is_kling_v2_1_square_for_5_seconds() -> None:
    model = catalog.models()[catalog.DEFAULT_MODEL]

    assert (model.id, model.durations[0], model.aspect_ratios[0]) == ("kling-v2-1", 5, "1:1")


def test_cost_is_rounded_up_to_whole_cents() -> None:
    model = catalog.models()["kling-2.5-turbo"]

    assert model.estimated_cost_cents(duration_seconds=5, resolution="720p") == 21
    assert model.estimated_cost_cents(duration_seconds=5, resolution="1080p") == 35
    assert catalog.models()["kling-3.0"].estimated_cost_cents(duration_seconds=3, resolution="720p") == 26
