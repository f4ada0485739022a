"""Options in Higgsfield requests, by the `fields` and `fixed` of a row."""

from dataclasses import replace
from typing import Any

import pytest

from keepreel.models.model import Option
from keepreel.models.options import Motion, Options, Shot
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import PROMPT, job

pytestmark = pytest.mark.usefixtures("settings_without_server")

FIRST, LAST = "https://files.example.com/first.png", "https://files.example.com/last.png"
SHOTS = (Shot(prompt="a door opens", duration_seconds=2), Shot(prompt="footprints fill", duration_seconds=3))


def prepared(row: dict[str, Any], **changes: Any) -> Submission:
    """Return the request for a row of the catalog with other fields."""
    video_job = job("higgsfield-kling-2.1-master", **changes)
    return adapter.prepare(replace(video_job, model=replace(video_job.model, **row)))


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [("sound", True, "on"), ("sound", False, "off"), ("generate_audio", True, True), ("generate_audio", False, False)],
)
def test_sound_has_the_form_of_the_providers_field(*, field: str, value: bool, sent: object) -> None:
    row = {"fields": {"sound": field}, "options": {"sound": Option(default=False)}}

    body = prepared(row, image=FIRST, options=Options(sound=value)).body

    assert body == {"prompt": PROMPT, field: sent}


@pytest.mark.parametrize("field", ["enhance_prompt", "prompt_extend", "prompt_optimizer"])
def test_default_of_the_catalog_is_sent_if_the_record_has_no_options(field: str) -> None:
    row = {
        "fields": {"enhance_prompt": field, "cfg_scale": "cfg_scale"},
        "options": {"enhance_prompt": Option(default=False), "cfg_scale": Option(default=0.5)},
    }

    body = prepared(row, image=FIRST).body

    assert body == {"prompt": PROMPT, field: False, "cfg_scale": 0.5}


@pytest.mark.parametrize(("resolution", "mode"), [("720p", "std"), ("1080p", "pro"), ("4k", "4k")])
def test_resolution_is_sent_as_the_mode_or_as_it_is(resolution: str, mode: str) -> None:
    as_mode = prepared({"fields": {"resolution": "mode"}}, image=FIRST, resolution=resolution).body
    as_resolution = prepared({"fields": {"resolution": "resolution"}}, image=FIRST, resolution=resolution).body

    assert (as_mode["mode"], as_resolution["resolution"]) == (mode, resolution)


def test_shots_take_the_place_of_the_prompt() -> None:
    body = prepared({"fields": {"shots": "multi_prompt"}}, image=FIRST, options=Options(shots=SHOTS)).body

    assert body == {
        "prompt": "",
        "multi_shots": True,
        "multi_prompt": [{"prompt": "a door opens", "duration": 2}, {"prompt": "footprints fill", "duration": 3}],
    }


def test_model_with_shots_is_told_that_there_are_none() -> None:
    body = prepared({"fields": {"shots": "multi_prompt"}}, image=FIRST).body

    assert body == {"prompt": PROMPT, "multi_shots": False}


def test_motions_are_sent_with_their_strength() -> None:
    motions = (Motion(id="a"), Motion(id="b", strength=0.3))

    body = prepared({"fields": {"motions": "motions"}}, image=FIRST, options=Options(motions=motions)).body

    assert body == {"prompt": PROMPT, "motions": [{"id": "a", "strength": 1.0}, {"id": "b", "strength": 0.3}]}


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"image": "image_url", "end_image": "end_image_url"}, {"image_url": FIRST, "end_image_url": LAST}),
        (
            {"image": "first_frame_url", "end_image": "last_frame_url"},
            {"first_frame_url": FIRST, "last_frame_url": LAST},
        ),
        ({"image": "image_urls"}, {"image_urls": [FIRST]}),
        ({"reference_images": "image_urls"}, {"image_urls": ["https://x/1", "https://x/2"]}),
        (
            {"image": "image_urls", "reference_images": "image_urls"},
            {"image_urls": [FIRST, "https://x/1", "https://x/2"]},
        ),
    ],
)
def test_image_fields_have_the_names_and_the_lists_of_the_provider(
    fields: dict[str, str], sent: dict[str, object]
) -> None:
    references = ("https://x/1", "https://x/2")

    body = prepared({"fields": fields}, image=FIRST, end_image=LAST, reference_images=references).body

    assert body == {"prompt": PROMPT, **sent}


@pytest.mark.parametrize(
    ("has_image", "sent"),
    [(True, {"a": 1, "shot_type": "customize", "seed": 7}), (False, {"a": 1, "enable_thinking": False})],
)
def test_field_of_one_flow_is_sent_in_that_flow_only(*, has_image: bool, sent: dict[str, object]) -> None:
    row = {
        "fields": {"image.seed": "seed"},
        "fixed": {"a": 1, "image.shot_type": "customize", "text.enable_thinking": False},
    }

    body = prepared(row, has_image=has_image, seed=7).body

    assert body == {"prompt": PROMPT, **sent}


@pytest.mark.parametrize(
    ("fields", "has_image", "sent"),
    [
        ({"aspect_ratio": "aspect_ratio"}, False, {"aspect_ratio": "9:16"}),
        ({"aspect_ratio": "aspect_ratio"}, True, {}),
        ({"image.aspect_ratio": "aspect_ratio"}, True, {"aspect_ratio": "9:16"}),
    ],
)
def test_aspect_ratio_beside_an_image_is_sent_only_if_the_model_takes_it(
    *, fields: dict[str, str], has_image: bool, sent: dict[str, object]
) -> None:
    body = prepared({"fields": fields}, has_image=has_image, aspect_ratio="9:16").body

    assert body == {"prompt": PROMPT, **sent}


@pytest.mark.parametrize(
    ("provider_model", "endpoints", "has_image", "path"),
    [
        ("a/b", "single", True, "/a/b"),
        ("a/b", "by_flow", True, "/a/b/image-to-video"),
        ("a/b", "by_flow", False, "/a/b/text-to-video"),
        ("a/{flow}/fast", "by_flow", True, "/a/image-to-video/fast"),
        ("a/{flow}/fast", "by_flow", False, "/a/text-to-video/fast"),
    ],
)
def test_path_has_the_flow_where_the_model_has_it(
    *, provider_model: str, endpoints: str, has_image: bool, path: str
) -> None:
    submission = prepared({"provider_model": provider_model, "endpoints": endpoints}, has_image=has_image)

    assert submission.path == path


def test_option_that_the_model_lacks_is_not_sent() -> None:
    options = Options(sound=True, shots=(), cfg_scale=0.5, motions=(Motion(id="a"),), enhance_prompt=True)

    body = prepared({"fields": {}, "options": {}}, image=FIRST, options=options).body

    assert body == {"prompt": PROMPT}
