"""Every row of the catalog against the vendors' dated models: each field with a default is sent, and no unknown one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from keepreel.models import catalog, rules
from keepreel.models.model import Flow, Model
from keepreel.models.options import Motion, Options, Shot
from keepreel.providers.base import Job
from keepreel.providers.higgsfield import adapter as higgsfield
from keepreel.providers.kling import adapter as kling
from local.simulators.higgsfield import models as higgsfield_models
from local.simulators.kling import legacy_requests, tasks_requests
from local.simulators.kling import models as kling_models
from local.simulators.kling import rules as kling_rules
from tests.unit.providers.provider_env import environment_set

URL = "https://files.example.com/image.png"
# By option: what a job with the option has.
VALUES: dict[str, dict[str, Any]] = {
    "negative_prompt": {"negative_prompt": "blur"},
    "seed": {"seed": 7},
    "end_image": {"end_image": URL},
    "reference_images": {"reference_images": (URL, URL)},
    "sound": {"options": Options(sound=True)},
    "shots": {"options": Options(shots=(Shot(prompt="a", duration_seconds=2), Shot(prompt="b", duration_seconds=3)))},
    "cfg_scale": {"options": Options(cfg_scale=0.7)},
    "motions": {"options": Options(motions=(Motion(id="a", strength=0.5),))},
    "enhance_prompt": {"options": Options(enhance_prompt=True)},
    "camera_movement": {"options": Options(camera_movement="dolly_in")},
    "watermark": {"options": Options(watermark=True)},
}
IMAGES = ("end_image", "reference_images")
OF_ONE_FLOW = {"end_image": "image", "camera_movement": "image"}


def _jobs(provider: str) -> Iterator[Any]:
    """Yield each offered or switched-off row in each flow, without options and with each of its options alone."""
    for model in catalog.models().values():
        if model.provider != provider or catalog.is_retired(model):
            continue
        for flow in model.flows:
            for option in (None, *model.options):
                if OF_ONE_FLOW.get(option or "", flow) == flow and (job := _job(model, flow, option)):
                    yield pytest.param(job, id=f"{model.id}-{flow}-{option or 'plain'}")


def _job(model: Model, flow: Flow, option: str | None) -> Job | None:
    """Return a job whose format fits the option; None if the model does not have the option in this flow."""
    given = VALUES[option] if option else {}
    wish: dict[str, object] = {"duration_seconds": 5 if 5 in model.durations else model.durations[0]}
    wish |= {"aspect_ratio": model.aspect_ratios[0], "resolution": model.resolutions[0]}
    values = rules.values_of(
        flow=flow,
        format=wish,
        options=replace(given.get("options", Options()), **{it: given[it] for it in IMAGES if it in given}),
        negative_prompt=given.get("negative_prompt"),
        seed=given.get("seed"),
    )
    fitted = rules.fitted(model, values, free=rules.FORMAT)
    if rules.rule_violations(model, fitted, sent=(), wrong=()):
        return None
    fields: dict[str, Any] = {
        "video_id": "019a5c3e-7d2f-7a31-9c55-0242ac120002",
        "model": model,
        "prompt": "a lighthouse",
        **{name: fitted[name] for name in rules.FORMAT},
        "has_image": flow == "image",
        "image": URL if flow == "image" else None,
    }
    return Job(**{**fields, **given})


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with environment_set(monkeypatch):
        yield


@pytest.mark.parametrize("job", list(_jobs("higgsfield")))
def test_higgsfield_gets_each_field_with_a_default_and_ignores_none(job: Job) -> None:
    submission = higgsfield.prepare(job)

    model = higgsfield_models.MODELS[submission.path.removeprefix("/")]
    assert higgsfield_models.validate(model, submission.body).ignored_fields == ()
    with_default = {name for name, field in model.fields.items() if field.default not in (None, "")}
    assert with_default - submission.body.keys() == set()


@pytest.mark.parametrize("job", list(_jobs("kling")))
def test_kling_gets_each_setting_with_a_default_and_no_other(job: Job) -> None:
    submission = kling.prepare(job)

    legacy = submission.path.startswith("/v1/")
    _, *parts = submission.path.removeprefix("/v1/videos").split("/")
    name = submission.body["model_name"] if legacy else parts[1]
    row = kling_models.ROWS["legacy" if legacy else "tasks", kling_models.FLOWS[parts[0]], name]
    parser = legacy_requests if legacy else tasks_requests
    wanted, unknown = parser.parse(submission.body, row)
    assert unknown + kling_rules.ignored(row, wanted) == []
    kling_rules.choices(row, wanted)  # raises an error for what the model does not support
    settings = submission.body if legacy else submission.body["settings"]
    optional = {
        "sound" if legacy else "audio": bool(row.sounds),
        "multi_shot": row.multi_shot_default is not None,
        "aspect_ratio": not job.has_image,
    }
    assert {name: name in settings for name in optional} == optional
    assert {"mode" if legacy else "resolution", "duration"} <= settings.keys()
    assert "enabled" in submission.body.get("options", submission.body)["watermark_info"]
    assert "cfg_scale" not in settings  # sources differ on kling-v3; other models have none
    assert legacy or settings.keys() <= {"resolution", "duration", *optional}
