"""Options in Kling requests: everything that Kling has a default for is sent, in both API standards."""

from dataclasses import replace
from typing import Any

import pytest

from keepreel.models.model import Option
from keepreel.models.options import Options, Shot
from keepreel.providers.kling import adapter
from tests.unit.providers.kling.samples import PROMPT, VIDEO_ID, job

FIRST, LAST, FOX = "https://files.example.com/first.png", "https://files.example.com/last.png", b"\xff\xd8 a fox"
SOUND, SHOTS = {"sound": Option(default=False)}, {"shots": Option(maximum=6)}
ALWAYS_SOUND = {"sound": Option(default=True, is_fixed=True)}
TWO_SHOTS = (
    Shot(prompt="a door opens onto a beach", duration_seconds=2),
    Shot(prompt="footprints fill with water", duration_seconds=3),
)


def body(takes: dict[str, Option], *, model: str = "kling-3.0", endpoints: str = "tasks", **changes: Any) -> Any:
    """Return the body for a row of the catalog with other options."""
    video_job = job(model, **changes)
    row = replace(video_job.model, options=takes, endpoints=endpoints)
    return adapter.prepare(replace(video_job, model=row)).body


@pytest.mark.parametrize(
    ("options", "values", "settings"),
    [
        ({}, Options(), {}),
        (SOUND, Options(), {"audio": "off"}),
        (SOUND, Options(sound=False), {"audio": "off"}),
        (SOUND, Options(sound=True), {"audio": "native"}),
        (SHOTS, Options(), {"multi_shot": False}),
        (SHOTS, Options(shots=TWO_SHOTS), {"multi_shot": True}),
        (SOUND | SHOTS, Options(), {"audio": "off", "multi_shot": False}),
        (ALWAYS_SOUND | SHOTS, Options(), {}),
        (ALWAYS_SOUND | SHOTS, Options(shots=TWO_SHOTS), {}),
    ],
)
@pytest.mark.parametrize("has_image", [True, False])
def test_settings_of_the_model_are_always_sent(
    *, options: dict[str, Option], values: Options, settings: dict[str, Any], has_image: bool
) -> None:
    image = {"image": FIRST} if has_image else {}

    sent = body(options, options=values, has_image=has_image, **image)["settings"]

    aspect_ratio = {} if has_image else {"aspect_ratio": "1:1"}
    assert sent == {"resolution": "720p", "duration": 5, **aspect_ratio, **settings}


@pytest.mark.parametrize("endpoints", ["tasks", "legacy"])
@pytest.mark.parametrize(("watermark", "is_enabled"), [(None, False), (False, False), (True, True)])
def test_watermark_is_sent_in_either_case(*, endpoints: str, watermark: bool | None, is_enabled: bool) -> None:
    sent = body({"watermark": Option(default=False)}, endpoints=endpoints, options=Options(watermark=watermark))

    assert sent.get("options", sent)["watermark_info"] == {"enabled": is_enabled}


def test_default_of_the_catalog_is_sent_if_the_record_has_no_options() -> None:
    sent = body({"sound": Option(default=True)}, options=Options())

    assert sent["settings"]["audio"] == "native"


def test_last_frame_follows_the_first_frame() -> None:
    sent = body({}, image=FIRST, end_image=LAST)

    assert sent["contents"] == [
        {"type": "prompt", "text": PROMPT},
        {"type": "first_frame", "url": FIRST},
        {"type": "last_frame", "url": LAST},
    ]


def test_omni_model_has_its_own_path_and_takes_references_without_a_first_frame() -> None:
    video_job = job("kling-3.0", has_image=False, reference_images=(FIRST, FOX))

    submission = adapter.prepare(replace(video_job, model=replace(video_job.model, endpoints="omni")))

    assert submission.path == "/omni-video/kling-3.0"
    assert submission.body["contents"] == [
        {"type": "prompt", "text": PROMPT},
        {"type": "refer_image", "url": FIRST, "id": "image_1"},
        {"type": "refer_image", "url": "/9ggYSBmb3g=", "id": "image_2"},
    ]
    assert submission.body["settings"] == {"resolution": "720p", "duration": 5, "aspect_ratio": "1:1"} | {
        name: value for name, value in submission.body["settings"].items() if name in ("audio", "multi_shot")
    }


def test_omni_model_takes_the_aspect_ratio_from_a_first_frame() -> None:
    sent = body(SOUND, endpoints="omni", image=FIRST, end_image=LAST)

    assert [part["type"] for part in sent["contents"]] == ["prompt", "first_frame", "last_frame"]
    assert sent["settings"] == {"resolution": "720p", "duration": 5, "audio": "off"}


@pytest.mark.parametrize("has_image", [True, False])
def test_shots_take_the_place_of_the_prompt_in_the_documented_form(*, has_image: bool) -> None:
    image = {"image": FIRST} if has_image else {}

    sent = body(SHOTS, options=Options(shots=TWO_SHOTS), has_image=has_image, **image)

    prompt = sent["contents"][0]["text"] if has_image else sent["prompt"]
    assert prompt == "shot 1, 2, a door opens onto a beach; shot 2, 3, footprints fill with water;"


def test_words_of_a_shot_cannot_end_it_or_begin_another() -> None:
    shots = (Shot(prompt="rain; shot 2, 9, a\n fire", duration_seconds=5),)

    sent = body(SHOTS, options=Options(shots=shots), has_image=False)

    assert sent["prompt"] == "shot 1, 5, rain, shot 2, 9, a fire;"


@pytest.mark.parametrize(("sound", "word"), [(None, "off"), (False, "off"), (True, "on")])
def test_legacy_sound_is_a_word(*, sound: bool | None, word: str) -> None:
    sent = body(SOUND, endpoints="legacy", options=Options(sound=sound))

    assert sent["sound"] == word


def test_legacy_shots_take_the_place_of_the_prompt() -> None:
    sent = body(SHOTS, endpoints="legacy", has_image=False, options=Options(shots=TWO_SHOTS))

    assert "prompt" not in sent
    assert (sent["multi_shot"], sent["shot_type"]) == (True, "customize")
    assert sent["multi_prompt"] == [
        {"index": 1, "prompt": "a door opens onto a beach", "duration": "2"},
        {"index": 2, "prompt": "footprints fill with water", "duration": "3"},
    ]


def test_legacy_model_with_shots_says_that_there_are_none() -> None:
    sent = body(SHOTS, endpoints="legacy", has_image=False)

    assert (sent["prompt"], sent["multi_shot"]) == (PROMPT, False)


@pytest.mark.parametrize(
    ("resolution", "mode"),
    [("720p", "std"), ("1080p", "pro"), ("4k", "4k")],
)
def test_legacy_resolution_is_a_mode(resolution: str, mode: str) -> None:
    sent = body({}, endpoints="legacy", resolution=resolution)

    assert sent["mode"] == mode


def test_legacy_end_frame_is_the_image_tail() -> None:
    sent = body({}, endpoints="legacy", image=FIRST, end_image=FOX)

    assert (sent["image"], sent["image_tail"]) == (FIRST, "/9ggYSBmb3g=")


@pytest.mark.parametrize(
    ("options", "values", "sent"),
    [
        ({}, Options(cfg_scale=0.7, sound=True), {}),
        ({"cfg_scale": Option(default=0.5)}, Options(), {"cfg_scale": 0.5}),
        ({"cfg_scale": Option(default=0.5)}, Options(cfg_scale=0.0), {"cfg_scale": 0.0}),
    ],
)
def test_legacy_option_that_the_model_lacks_is_not_sent(
    options: dict[str, Option], values: Options, sent: dict[str, Any]
) -> None:
    plain = {"model_name", "prompt", "mode", "duration", "external_task_id", "watermark_info", "image"}

    whole = body(options, endpoints="legacy", image=FIRST, options=values)

    assert {name: value for name, value in whole.items() if name not in plain} == sent
    assert whole["external_task_id"] == VIDEO_ID
