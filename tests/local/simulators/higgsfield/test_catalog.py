"""The catalog and the simulator agree: what one allows for a Higgsfield model, the other makes exactly, and no more."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Any, NamedTuple

import pytest

from keepreel.models import catalog, rules
from keepreel.models.model import Model
from keepreel.models.options import Motion, Options, Shot
from keepreel.providers.base import Job
from keepreel.providers.higgsfield import adapter
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.models import VideoRequest, validate
from local.simulators.higgsfield.requests import find_model
from local.simulators.higgsfield.scenes import Film, film
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.uploads import Uploads

_IMAGE, _LAST = "https://files.example.com/first.png", "https://files.example.com/last.png"
_REFERENCES = tuple(f"https://files.example.com/{number}.png" for number in range(2))
_SHORT_SIDES = {"2k": 1440, "4k": 2160}
_MOTION = Motion(id="00000000-0000-4000-8000-0000000000aa", strength=0.7)


def _models() -> list[Model]:
    """Return every model that is not retired. The operator's own path is DoP Standard by default."""
    rows = [it for it in catalog.models().values() if it.provider == "higgsfield" and not catalog.is_retired(it)]
    return [it if it.provider_model else replace(it, provider_model="higgsfield-ai/dop/standard") for it in rows]


class Choice(NamedTuple):
    """One request: its flow and format, and the options that it uses."""

    flow: Any
    seconds: int
    aspect_ratio: str
    resolution: str
    used: frozenset[str] = frozenset()

    def options(self, model: Model) -> Options:
        shots = (Shot(prompt="one", duration_seconds=1), Shot(prompt="two", duration_seconds=self.seconds - 1))
        defaults = {name: option.default for name, option in model.options.items() if option.default is not None}
        values = {
            "end_image": _LAST,
            "reference_images": _REFERENCES,
            "sound": True,
            "shots": shots,
            "cfg_scale": 0.25,
            "motions": (_MOTION,),
            "enhance_prompt": True,
            "camera_movement": "jib_up",
            "watermark": True,
        }
        return Options(**defaults | {name: value for name, value in values.items() if name in self.used})

    @property
    def negative_prompt(self) -> str | None:
        return "fog" if "negative_prompt" in self.used else None

    @property
    def seed(self) -> int | None:
        return 7 if "seed" in self.used else None


def _choices(model: Model) -> Iterator[Choice]:
    """Yield every format without options, and every pair of options with every resolution."""
    required = frozenset(name for name, option in model.options.items() if option.is_required)
    for row in product(model.flows, model.durations, model.aspect_ratios, model.resolutions):
        yield Choice(*row, used=required)
    seconds = max(it for it in model.durations if it <= 6)
    for flow, aspect_ratio, resolution in product(model.flows, model.aspect_ratios[:2], model.resolutions):
        for count in (1, 2):
            for used in combinations(model.options, count):
                yield Choice(flow, seconds, aspect_ratio, resolution, required | {*used})


def _is_allowed(model: Model, choice: Choice) -> bool:
    format = {
        "duration_seconds": choice.seconds,
        "aspect_ratio": choice.aspect_ratio,
        "resolution": choice.resolution,
    }
    values = rules.values_of(
        flow=choice.flow,
        format=format,
        options=choice.options(model),
        negative_prompt=choice.negative_prompt,
        seed=choice.seed,
    )
    broken = rules.rule_violations(model, values, sent=list(values), wrong=())
    return not broken and not rules.missing_options(model, values)


def _problems(model: Model, choice: Choice) -> list[str]:
    """Send the adapter's request to the simulator. Return why the video would not be what was asked for."""
    has_image = choice.flow == "image"
    options = choice.options(model)
    job = Job(
        video_id="vid_1",
        model=model,
        prompt="Rain",
        negative_prompt=choice.negative_prompt,
        duration_seconds=choice.seconds,
        aspect_ratio=choice.aspect_ratio,
        resolution=choice.resolution,
        has_image=has_image,
        image=_IMAGE if has_image else None,
        seed=choice.seed,
        options=options,
        end_image=options.end_image,
        reference_images=options.reference_images,
    )
    submission = adapter.prepare(job)
    try:
        vendor_model = find_model(submission.path.removeprefix("/"), settings=HiggsfieldSettings())
        video = validate(vendor_model, submission.body)
    except ApiError as error:
        return [str(error)]
    made = film(video, short_side=None, uploads=Uploads("http://127.0.0.1:9"))
    return [
        *(f"{name} is ignored" for name in video.ignored_fields),
        *_lost_options(model, choice, video),
        *_other_format(model, choice, made),
    ]


def _lost_options(model: Model, choice: Choice, video: VideoRequest) -> list[str]:
    """Return the options that are asked for and not part of the vendor's request."""
    values = video.values
    found = {
        "end_image": _LAST in video.image_urls.values(),
        "reference_images": list(_REFERENCES) == values.get("image_urls"),
        "sound": video.has_sound,
        "shots": len(values.get("multi_prompt") or ()) == 2 and values.get("multi_shots"),
        "cfg_scale": values.get("cfg_scale") == 0.25,
        "motions": values.get("motions") == [{"id": _MOTION.id, "strength": _MOTION.strength}],
        "enhance_prompt": values.get("enhance_prompt", values.get("prompt_optimizer")) is True,
        "camera_movement": values.get("camera_movement") == "jib_up",
        "watermark": values.get("aigc_watermark") is True,
        "negative_prompt": values.get("negative_prompt") == "fog",
        "seed": values.get("seed") == 7,
    }
    wanted = choice.options(model).sound
    wrong_sound = ["sound is not as asked"] if wanted is not None and wanted != video.has_sound else []
    return [f"{name} is lost" for name in choice.used if not found[name]] + wrong_sound


def _other_format(model: Model, choice: Choice, made: Film) -> list[str]:
    """Return differences in length, size and, from text, shape. An image is cropped to the shape before it is sent."""
    width, height = made.size
    delivered = model.delivers or choice.resolution
    asked_side = _SHORT_SIDES.get(delivered) or int(delivered.removesuffix("p"))
    asked_width, asked_height = (int(side) for side in choice.aspect_ratio.split(":"))
    differences = {
        "length": round(made.video.seconds) != choice.seconds,
        "resolution": min(made.size) != asked_side,
        "shape": choice.flow == "text" and abs(width / height - asked_width / asked_height) > 0.01,
    }
    return [f"{name} is not as asked" for name, differs in differences.items() if differs]


@pytest.mark.parametrize("model", _models(), ids=lambda it: it.id)
def test_simulator_makes_exactly_what_the_catalog_allows(model: Model) -> None:
    allowed = [choice for choice in _choices(model) if _is_allowed(model, choice)]

    assert {choice: found for choice in allowed if (found := _problems(model, choice))} == {}


@pytest.mark.parametrize("model", _models(), ids=lambda it: it.id)
def test_catalog_refuses_only_what_the_simulator_does_not_make(model: Model) -> None:
    refused = [choice for choice in _choices(model) if not _is_allowed(model, choice)]

    assert [choice for choice in refused if not _problems(model, choice)] == []
