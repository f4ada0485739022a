"""The catalog and the simulator agree: what one allows for a Kling model, the other accepts, and nothing else."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from keepreel.models import catalog, rules
from keepreel.models.model import Model
from keepreel.models.options import Options, Shot
from keepreel.providers.base import Job
from keepreel.providers.kling import adapter
from local.simulators.kling.codes import ApiError
from local.simulators.kling.creates import video_request
from local.simulators.kling.settings import KlingSettings

IMAGE = "https://files.example.com/first.png"
MODELS = [it for it in catalog.models().values() if it.provider == "kling" and not catalog.is_retired(it)]


class Choice(NamedTuple):
    """One request for a model: its format, and which options it uses."""

    flow: Any
    resolution: str
    seconds: int
    end_image: bool
    sound: bool
    shots: bool
    references: int
    negative_prompt: bool

    @property
    def options(self) -> Options:
        shots = (Shot(prompt="one", duration_seconds=1), Shot(prompt="two", duration_seconds=self.seconds - 1))
        return Options(
            end_image=IMAGE if self.end_image else None,
            reference_images=(IMAGE,) * self.references,
            sound=self.sound,
            shots=shots if self.shots else (),
        )


def choices(model: Model) -> Iterator[Choice]:
    """Yield every combination of options that the model has at all."""
    seconds = sorted({model.durations[0], 5, 7, model.durations[-1]} & set(model.durations))
    sounds = [False, True] if "sound" in model.options else [False]
    if "sound" in model.options and model.options["sound"].is_fixed:
        sounds = [bool(model.options["sound"].default)]

    def yes_or_no(name: str) -> list[bool]:
        return [False, True] if name in model.options else [False]

    references = [0, 1, 7] if "reference_images" in model.options else [0]
    rows = product(
        model.flows,
        model.resolutions,
        seconds,
        yes_or_no("end_image"),
        sounds,
        yes_or_no("shots"),
        references,
        yes_or_no("negative_prompt"),
    )
    yield from (Choice(*row) for row in rows)


def is_allowed(model: Model, choice: Choice) -> bool:
    negative_prompt = "fog" if choice.negative_prompt else None
    format = {
        "duration_seconds": choice.seconds,
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": choice.resolution,
    }
    values = rules.values_of(
        flow=choice.flow, format=format, options=choice.options, negative_prompt=negative_prompt, seed=None
    )
    broken = rules.rule_violations(model, values, sent=list(values), wrong=())
    return not broken and not rules.missing_options(model, values)


def answer(model: Model, choice: Choice) -> tuple[int, list[str]]:
    """Send the adapter's request to the simulator. Return the service code and the ignored fields."""
    has_image = choice.flow == "image"
    job = Job(
        video_id="vid_1",
        model=model,
        prompt="Rain",
        negative_prompt="fog" if choice.negative_prompt else None,
        duration_seconds=choice.seconds,
        aspect_ratio=model.aspect_ratios[0],
        resolution=choice.resolution,
        has_image=has_image,
        image=IMAGE if has_image else None,
        end_image=IMAGE if choice.end_image else None,
        reference_images=(IMAGE,) * choice.references,
        options=choice.options,
    )
    submission = adapter.prepare(job)
    api = "legacy" if submission.path.startswith("/v1/") else "tasks"
    kind = submission.path.split("/")[3 if api == "legacy" else 1]
    settings = KlingSettings(extra_models=("kling-4.0", "kling-4.0-flash"))
    try:
        _, ignored = video_request(api, kind, model.provider_model, submission.body, settings)
    except ApiError as error:
        return error.code, [error.message]
    return 0, ignored


@pytest.mark.parametrize("model", MODELS, ids=lambda it: it.id)
def test_simulator_accepts_what_the_catalog_allows(model: Model) -> None:
    refused = {
        choice: found for choice in choices(model) if is_allowed(model, choice) if (found := answer(model, choice))[0]
    }

    assert refused == {}


@pytest.mark.parametrize("model", MODELS, ids=lambda it: it.id)
def test_no_field_is_sent_in_vain(model: Model) -> None:
    ignored = {name for choice in choices(model) if is_allowed(model, choice) for name in answer(model, choice)[1]}

    assert ignored == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda it: it.id)
def test_catalog_refuses_only_what_the_simulator_refuses(model: Model) -> None:
    # From text, the request has no place for an end frame.
    sendable = [choice for choice in choices(model) if not (choice.flow == "text" and choice.end_image)]

    accepted = [choice for choice in sendable if not is_allowed(model, choice) and not answer(model, choice)[0]]

    assert accepted == []
