"""Every row of Higgsfield equals the page of its model: every default is sent, and no unknown field is."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from keepreel.models import catalog
from keepreel.models.model import Flow, Model
from keepreel.providers.base import Job
from keepreel.providers.higgsfield import request
from tests.unit.models.vendor_rows import HIGGSFIELD, offered, takes
from tests.unit.providers.higgsfield.samples import job

PAGES = {row["path"]: row for row in HIGGSFIELD["rows"]}
ENDED = {row["path"]: row["successor"] for row in HIGGSFIELD["ended"]}
LIVE = [it for it in catalog.models().values() if it.provider == "higgsfield" and it.retired_on is None]
MODES = {"std": "720p", "pro": "1080p", "4k": "4k"}


@dataclass(frozen=True)
class Case:
    """One flow of a model, or its flow with reference images."""

    model: Model
    flow: Flow
    references: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.model.id}-{'reference' if self.references else self.flow}"

    @property
    def job(self) -> Job:
        return job(
            self.model.id,
            image="https://a.example/0.jpg" if self.flow == "image" else None,
            has_image=self.flow == "image",
            reference_images=self.references,
            duration_seconds=self.model.durations[0],
            aspect_ratio=self.model.aspect_ratios[0],
            resolution=self.model.resolutions[0],
        )

    @property
    def page(self) -> dict[str, Any]:
        found: dict[str, Any] = PAGES[request.path(self.job).strip("/")]
        return found

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = self.page["fields"]
        return fields


def has_references(model: Model) -> bool:
    return "reference_images" in model.options


CASES = [
    *(Case(model, flow) for model in LIVE for flow in model.flows),
    *(Case(model, "text", references=("https://a.example/1.jpg",)) for model in LIVE if has_references(model)),
]
EACH = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(autouse=True)
def _operators_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        request, "settings", lambda: SimpleNamespace(higgsfield_model_path="higgsfield-ai/dop/standard")
    )


@EACH
def test_every_field_with_a_default_is_sent_and_no_unknown_one(case: Case) -> None:
    body, fields = request.body(case.job), case.fields

    assert body.keys() <= fields.keys()
    defaults = {name for name, field in fields.items() if field.get("default") not in (None, "")}
    assert defaults <= body.keys()
    assert {name for name, field in fields.items() if field.get("required")} <= body.keys()


@EACH
def test_fixed_values_are_possible(case: Case) -> None:
    for name, value in case.model.fixed.items():
        assert value in case.fields[name].get("values", [True, False])


@EACH
def test_durations_resolutions_and_ratios_are_the_pages(case: Case) -> None:
    model, flow, fields = case.model, case.flow, case.fields

    if duration := fields.get("duration"):
        seconds = duration.get("values") or list(range(duration["min"], duration["max"] + 1))
        assert offered(model, "duration_seconds", flow=flow) == seconds
    if resolutions := fields.get("resolution", fields.get("mode")):
        names = {MODES.get(it, it).lower() for it in resolutions["values"]}
        assert set(offered(model, "resolution", flow=flow)) == names
    if ratios := fields.get("aspect_ratio"):
        assert set(offered(model, "aspect_ratio", flow=flow)) == set(ratios["values"]) - {"auto", "adaptive"}
    elif flow == "text":  # without a field, the model chooses the shape
        assert offered(model, "aspect_ratio", flow=flow) == ["16:9"]


@EACH
def test_options_are_the_pages(case: Case) -> None:
    model, flow, fields = case.model, case.flow, case.fields

    expected = {
        "end_image": bool({"end_image_url", "last_image_url", "last_frame_url"} & fields.keys()),
        "negative_prompt": "negative_prompt" in fields,
        "seed": "seed" in fields,
        "cfg_scale": "cfg_scale" in fields,
        "motions": "motions" in fields,
        "shots": "multi_prompt" in fields,
        "camera_movement": "camera_movement" in fields,
        "enhance_prompt": bool({"enhance_prompt", "prompt_optimizer"} & fields.keys()),
        "watermark": "aigc_watermark" in fields,
    }
    if case.references:  # the page of references has the seed of the page for images
        del expected["seed"]
    assert {name: takes(model, name, flow=flow) for name in expected} == expected
    if "sound" in model.options and not model.options["sound"].is_fixed:
        assert {"sound", "generate_audio"} & fields.keys()


@EACH
def test_bounds_are_the_pages(case: Case) -> None:
    fields, options, limits = case.fields, case.model.options, case.model.limits

    if "seed" in fields and "seed" in options:
        # A seed below zero means "any", as no seed does.
        assert (limits.min_seed, limits.max_seed) == (max(0, fields["seed"]["min"]), fields["seed"]["max"])
    if "cfg_scale" in fields:
        scale = options["cfg_scale"]
        assert (scale.minimum, scale.maximum, scale.default) == (0, 1, fields["cfg_scale"]["default"])
    if "multi_prompt" in fields:
        assert (options["shots"].minimum, options["shots"].maximum, options["shots"].max_chars) == (1, 6, 512)
    if "motions" in fields:
        assert options["motions"].maximum == 2
    if "camera_movement" in fields:
        assert set(options["camera_movement"].values) == set(fields["camera_movement"]["values"])
    if case.references:
        assert (options["reference_images"].maximum or 0) <= fields["image_urls"]["max"]


@EACH
def test_price_is_the_pages(case: Case) -> None:
    model, flow, price = case.model, case.flow, case.page["price"] or {}
    ours = {it: model.price({"resolution": it, "flow": flow}) for it in model.resolutions}

    if price.get("unit") == "video":
        assert {it.usd_per_video for it in ours.values()} == {price["usd"]}
    elif price.get("usd"):  # a price "from"
        assert min(it.usd_per_second or 0 for it in ours.values()) == price["usd"]
    for resolution, usd in price.get("usd_per_second", {}).items():
        assert ours[resolution].usd_per_second == usd
    for resolution, usd in price.get("five_seconds_16_9", {}).items():
        assert ours[resolution].usd(duration_seconds=5) == pytest.approx(usd)
    if price.get("usd_with_sound"):
        assert (
            model.price({"resolution": model.resolutions[0], "sound": True}).usd_per_second == price["usd_with_sound"]
        )


def test_ended_paths_are_retired_rows_with_the_successors_path() -> None:
    models = catalog.models()
    for path, successor in ENDED.items():
        base, _, flow = path.rpartition("/")
        row = next(it for it in models.values() if it.provider_model == base)
        assert str(row.retired_on) == "2026-09-15"
        assert f"{models[row.successor or ''].provider_model}/{flow}" == successor
