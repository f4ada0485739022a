"""Pairs of option values of every model: what our check accepts, the simulators of the vendors accept, too."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import InvalidInput
from keepreel.models import catalog
from keepreel.models.model import Model
from keepreel.providers import registry
from keepreel.providers.base import Submission
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import create, spec
from keepreel.workflow import account_prices, provider_job
from local.simulators.higgsfield import models as higgsfield_models
from local.simulators.kling import legacy_requests, tasks_requests
from local.simulators.kling import models as kling_models
from local.simulators.kling import rules as kling_rules
from tests.unit.providers.pairwise import pairwise
from tests.unit.providers.provider_env import environment_set

URL = "https://files.example.com/image.png"
SHOTS = [{"prompt": "a", "duration_seconds": 2}, {"prompt": "b", "duration_seconds": 3}]
VALUES: dict[str, list[Any]] = {
    "negative_prompt": [None, "blur"],
    "end_image": [None, URL],
    "reference_images": [None, [URL], [URL, URL]],
    "sound": [None, False, True],
    "shots": [None, SHOTS],
    "cfg_scale": [None, 0, 1],
    "motions": [None, [{"id": "zoom", "strength": 0.5}]],
    "enhance_prompt": [None, False, True],
    "watermark": [None, False, True],
}
MODELS = list(catalog.offered())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(account_prices, "cents", lambda *_: None)
    with environment_set(monkeypatch):
        yield


def values_of(model: Model) -> dict[str, list[Any]]:
    options = {name: VALUES.get(name) or [None, *option.values] for name, option in model.options.items()}
    if "seed" in options:
        options["seed"] = [None, model.limits.min_seed, model.limits.max_seed]
    return {
        "source_image": [URL] if model.flows == ("image",) else [None] if model.flows == ("text",) else [None, URL],
        "duration_seconds": sorted({model.durations[0], 5 if 5 in model.durations else model.durations[-1]}),
        "aspect_ratio": list(model.aspect_ratios),
        "resolution": list(model.resolutions),
        **options,
    }


def submission_of(fields: dict[str, Any]) -> Submission | None:
    """Return what would be sent; None if our check refuses the request."""
    try:
        resolved = spec.for_user(VideoRequest(prompt="a lighthouse", **fields), owner="user#me").resolve()
    except InvalidInput:
        return None
    video: Video = create._new_videos(resolved)[0]
    return registry.adapter(video.provider).prepare(provider_job.with_image(video))


def is_accepted_by_the_vendor(submission: Submission, provider: str) -> None:
    """Raise an error for a request that the vendor refuses, or of which it ignores a field."""
    if provider == "higgsfield":
        model = higgsfield_models.MODELS[submission.path.removeprefix("/")]
        assert higgsfield_models.validate(model, submission.body).ignored_fields == ()
        return
    legacy = submission.path.startswith("/v1/")
    flow, *names = submission.path.removeprefix("/v1/videos").removeprefix("/").split("/")
    name = submission.body["model_name"] if legacy else names[0]
    row = kling_models.ROWS["legacy" if legacy else "tasks", kling_models.FLOWS[flow], name]
    wanted, unknown = (legacy_requests if legacy else tasks_requests).parse(submission.body, row)
    assert unknown + kling_rules.ignored(row, wanted) == []
    kling_rules.choices(row, wanted)


def test_each_pair_of_values_occurs() -> None:
    values: dict[str, list[Any]] = {"a": [1, 2, 3], "b": [True, False], "c": ["x", "y"], "d": [None, 0]}
    cases = list(pairwise(values))

    for one, other in combinations(values, 2):
        seen = {(case[one], case[other]) for case in cases}
        assert len(seen) == len(values[one]) * len(values[other])
    assert len(cases) < 3 * 2 * 2 * 2


@pytest.mark.parametrize("id", MODELS)
def test_vendor_accepts_every_pair_that_our_check_accepts(id: str) -> None:
    model = catalog.models()[id]
    accepted = 0
    for case in pairwise(values_of(model)):
        fields = {name: value for name, value in case.items() if value is not None}
        submission = submission_of({"model": id, **fields})
        if submission is not None:
            accepted += 1
            is_accepted_by_the_vendor(submission, model.provider)
    assert accepted > 0


@pytest.mark.parametrize("id", MODELS)
def test_each_option_of_a_model_can_be_used(id: str) -> None:
    model = catalog.models()[id]
    values = values_of(model)
    for name, option in model.options.items():
        wanted = option.default if option.is_fixed else values[name][-1]
        tried = [
            submission_of(
                {
                    "model": id,
                    "source_image": source,
                    **({"end_image": end} if name != "end_image" else {}),
                    name: wanted,
                }
            )
            for source in values["source_image"]
            for end in ((URL, None) if "end_image" in model.options and source else (None,))
            if name != "end_image" or source
        ]
        assert any(tried), (id, name)
