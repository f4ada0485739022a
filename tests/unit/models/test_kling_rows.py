"""Every row of Kling equals the vendor's capability map and price list, field by field."""

from typing import Any, cast

import pytest

from keepreel.models import catalog, rules
from keepreel.models.model import Flow, Model
from tests.unit.models.vendor_rows import KLING, offered, takes

RETIRED = {row["model"]: row for row in KLING["retired"]}
NOT_OFFERED = {"kling-v3-omni", "kling-video-o1"}  # the tasks API serves the same models
ROWS = [row for row in KLING["rows"] if row["model"] not in NOT_OFFERED]
EACH = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['model']}-{row['flow']}")


def flows(row: dict[str, Any]) -> list[Flow]:
    return ["image", "text"] if row["flow"] == "omni" else [cast("Flow", row["flow"])]


def model_of(row: dict[str, Any]) -> Model:
    return catalog.models()[row["model"]]


def test_each_model_of_the_vendor_is_in_the_catalog() -> None:
    ours = {id for id, model in catalog.models().items() if model.provider == "kling"}

    assert ours == {row["model"] for row in ROWS} | set(RETIRED)


@EACH
def test_flow_durations_resolutions_and_ratios_are_the_vendors(row: dict[str, Any]) -> None:
    model = model_of(row)

    for flow in flows(row):
        assert flow in model.flows
        has_references = row["model"] == "kling-o1" and flow == "text"  # without them: 5 or 10 seconds
        assert offered(model, "duration_seconds", flow=flow, reference_images=has_references) == (
            [5, 10] if row["model"] == "kling-o1" and not has_references else row["durations"]
        )
        assert offered(model, "resolution", flow=flow) == row["resolutions"]
        if flow == "text":
            assert set(offered(model, "aspect_ratio", flow=flow)) == set(row["aspect_ratios"])


@EACH
def test_limits_are_the_vendors(row: dict[str, Any]) -> None:
    limits = model_of(row).limits

    for flow in flows(row):
        assert limits.prompt_chars(flow) == row["prompt_chars"]
    assert row["image_bytes"] in (None, limits.max_image_bytes)
    assert (limits.min_image_side, limits.min_image_ratio, limits.max_image_ratio) == (300, 0.4, 2.5)
    assert limits.max_seed is None


@EACH
def test_options_are_the_vendors(row: dict[str, Any]) -> None:
    model = model_of(row)

    for flow in flows(row):
        assert takes(model, "end_image", flow=flow) == (row["end_frame"] and flow == "image")
        assert takes(model, "negative_prompt", flow=flow) == row["negative_prompt"]
    if row["status"] == "live":
        assert ("shots" in model.options) == row["shots"]
        assert ("reference_images" in model.options) == row["references"]
    assert not {"cfg_scale", "seed", "motions", "enhance_prompt", "camera_movement"} & model.options.keys()
    assert model.options["watermark"].default is False


@EACH
def test_sound_is_the_vendors(row: dict[str, Any]) -> None:
    sound = model_of(row).options.get("sound")

    generates_sound = bool({"native", "on"} & set(row["sound"]))
    if not row["sound"]:
        assert sound is None
    elif not generates_sound:
        assert sound is not None
        assert (sound.default, sound.is_fixed) == (False, True)
    else:
        assert sound is not None
        is_optional = "off" in row["sound"]
        assert (sound.default, sound.is_fixed) == (not is_optional, not is_optional)


def broken_rules(id: str, values: dict[str, object]) -> int:
    full = {"flow": "text", "resolution": "720p", "duration_seconds": 5, **values}
    return len(rules.rule_violations(catalog.models()[id], full, sent=full, wrong=()))


@pytest.mark.parametrize(
    ("id", "values"),
    [
        ("kling-2.6", {"sound": True, "resolution": "720p"}),
        ("kling-2.6", {"flow": "image", "end_image": True, "resolution": "720p"}),
        ("kling-2.6", {"flow": "image", "end_image": True, "resolution": "1080p", "sound": True}),
        ("kling-v2-6", {"sound": True, "resolution": "720p"}),
        ("kling-2.5-turbo", {"flow": "image", "end_image": True, "resolution": "720p"}),
        ("kling-v2-5-turbo", {"flow": "image", "end_image": True, "resolution": "720p"}),
        ("kling-3.0", {"flow": "text", "end_image": True}),
        ("kling-o1", {"flow": "image", "reference_images": True}),
        ("kling-o1", {"flow": "text", "reference_images": False, "duration_seconds": 7}),
    ],
)
def test_combination_that_the_vendor_refuses_breaks_a_rule(id: str, values: dict[str, object]) -> None:
    assert broken_rules(id, values) == 1


@pytest.mark.parametrize(
    ("id", "values"),
    [
        ("kling-2.6", {"sound": True, "resolution": "1080p"}),
        ("kling-2.6", {"flow": "image", "end_image": True, "resolution": "1080p", "sound": False}),
        ("kling-3.0", {"flow": "image", "end_image": True, "resolution": "720p", "sound": True}),
        ("kling-o1", {"flow": "text", "reference_images": True, "duration_seconds": 7}),
        ("kling-3.0-omni", {"flow": "image", "reference_images": True, "end_image": True}),
    ],
)
def test_combination_that_the_vendor_serves_breaks_no_rule(id: str, values: dict[str, object]) -> None:
    assert broken_rules(id, values) == 0


@pytest.mark.parametrize("price", KLING["prices"], ids=lambda it: f"{it['price']}-{it['resolution']}-{it['sound']}")
def test_price_is_the_vendors(price: dict[str, Any]) -> None:
    priced = {row["price"] for row in ROWS}
    ids = {row["model"] for row in ROWS if row["price"] == price["price"]} | {price["price"]} - priced

    assert ids
    for model in (catalog.models()[id] for id in ids):
        values = {"resolution": price["resolution"], "sound": price["sound"] == "native"}
        assert model.price(values).usd_per_second == price["usd_per_second"]
        assert str(model.price_verified_at).startswith(price["date"])


@pytest.mark.parametrize("id", RETIRED)
def test_retired_row_has_its_day_and_successor(id: str) -> None:
    model, row = catalog.models()[id], RETIRED[id]

    assert (str(model.retired_on), model.successor) == (row["retired_on"], row["successor"])
    assert set(model.flows) == set(row["flows"])
