"""Every row of the catalog is complete; a new row is tested automatically."""

from datetime import date

import pytest

from keepreel.models import catalog
from keepreel.models.model import Model

ROWS = pytest.mark.parametrize("model", catalog.models().values(), ids=lambda model: model.id)


@ROWS
def test_model_has_a_name_flows_durations_ratios_and_resolutions(model: Model) -> None:
    assert model.provider_model or model.id == catalog.DEFAULT_BOT_MODEL
    assert all((model.name, model.flows, model.durations, model.aspect_ratios, model.resolutions))
    assert set(model.flows) <= {"image", "text"}


@ROWS
def test_model_has_a_successor_that_is_offered_for_each_flow(model: Model) -> None:
    for flow in model.flows:
        successor = catalog.successor(model.id, flow=flow)
        assert successor is not None
        assert successor.id in catalog.offered()


@ROWS
def test_row_names_its_sources_and_the_day_of_its_price(model: Model) -> None:
    assert model.sources
    assert model.price_verified_at or model.switched_off


@ROWS
def test_model_has_a_price_for_each_choice(model: Model) -> None:
    for resolution in model.resolutions:
        for sound in (True, False):
            values = {"resolution": resolution, "sound": sound, "flow": model.flows[0]}
            is_possible = not (sound and model.id in ("kling-2.6", "kling-v2-6") and resolution == "720p")
            assert not is_possible or model.price(values).usd(duration_seconds=5) > 0


def test_switched_off_model_is_offered_if_the_setting_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "kling-4.0" not in catalog.offered()

    monkeypatch.setenv("EXTRA_MODELS", " kling-4.0, kling-4.0-flash,")

    assert {"kling-4.0", "kling-4.0-flash"} <= catalog.offered().keys()


@ROWS
def test_model_has_a_price_for_each_resolution(model: Model) -> None:
    for resolution in model.resolutions:
        assert model.price({"resolution": resolution}).usd(duration_seconds=5) > 0


@ROWS
def test_model_that_takes_a_seed_has_a_range_for_it(model: Model) -> None:
    assert "seed" not in model.options or model.limits.max_seed is not None


def test_loosest_limits_admit_every_model_and_strictest_limits_suit_each() -> None:
    loosest, strictest = catalog.loosest_limits(), catalog.strictest_limits()

    for limits in (model.limits for model in catalog.offered().values()):
        assert strictest.max_prompt_chars <= limits.max_prompt_chars <= loosest.max_prompt_chars
        assert strictest.max_image_bytes <= limits.max_image_bytes <= loosest.max_image_bytes
        assert loosest.min_image_side <= limits.min_image_side <= strictest.min_image_side


def test_limits_combine_where_no_model_takes_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    without_seed = {"kling-2.6": catalog.models()["kling-2.6"]}
    monkeypatch.setattr(catalog, "models", lambda: without_seed)

    assert catalog.loosest_limits().max_seed is None


@ROWS
def test_usual_time_is_not_below_the_fastest(model: Model) -> None:
    fastest, usual = model.usual_seconds

    assert 0 < fastest <= usual


def test_retired_default_moves_on_to_its_successor() -> None:
    retired, model = catalog.models()[catalog.DEFAULT_MODEL], catalog.default_model("user")

    assert (retired.id, str(retired.retired_on)) == ("kling-v2-1", "2026-09-15")
    assert model is not None
    assert (model.id, model.durations[0], model.aspect_ratios[0]) == ("kling-2.5-turbo", 5, "1:1")


def test_model_is_offered_until_the_day_it_is_retired() -> None:
    model = catalog.models()["kling-v2-1"]

    assert not catalog.is_retired(model, today=date(2026, 9, 14))
    assert catalog.is_retired(model, today=date(2026, 9, 15))


def test_successor_of_a_refused_model_is_the_next_one_offered() -> None:
    model = catalog.successor("kling-v2-1", refused={"kling-2.5-turbo"})

    assert model is None or model.id != "kling-2.5-turbo"


def test_cost_is_rounded_up_to_whole_cents() -> None:
    def cents(id: str, *, seconds: int, resolution: str) -> int:
        return catalog.models()[id].estimated_cost_cents({"duration_seconds": seconds, "resolution": resolution})

    assert cents("kling-2.5-turbo", seconds=5, resolution="720p") == 21
    assert cents("kling-2.5-turbo", seconds=5, resolution="1080p") == 35
    assert cents("kling-3.0", seconds=3, resolution="720p") == 26
