"""What each Kling model takes and refuses, as the vendor's capability map says."""

from typing import Any

import pytest

from local.simulators.kling.models import AS_OF, ROWS
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient, image, outcome

FRAME = {"type": "first_frame", "url": "https://files.example.com/first.png"}
LAST = {"type": "last_frame", "url": "https://files.example.com/last.png"}
REFERENCE = {"type": "refer_image", "url": "https://files.example.com/fox.png", "id": "fox"}
ELEMENT = {"type": "element", "element_id": "860000000000000001", "id": "hero"}
VOICE = {"type": "voice", "voice_id": "v1", "id": "narrator"}
BASE = {"type": "base_video", "url": "https://files.example.com/walk.mp4"}
FEATURE = {"type": "feature_video", "url": "https://files.example.com/walk.mp4"}
MOTION = [
    {"type": "image", "url": "https://files.example.com/dancer.png"},
    {"type": "video", "url": "https://files.example.com/dance.mp4"},
]
WIDE = {"aspect_ratio": "16:9"}


def create(
    client: KlingClient, model: str, *contents: dict[str, Any], prompt: str = "Rain", flow: str = "", **settings: Any
) -> tuple[int, int]:
    """Create a video with the tasks API; from text without contents."""
    if not contents:
        return outcome(client.post(f"/text-to-video/{model}", {"prompt": prompt, "settings": settings}))
    flow = flow or ("omni-video" if model in ("kling-3.0-omni", "kling-o1") else "image-to-video")
    body = {"contents": [{"type": "prompt", "text": prompt}, *contents], "settings": settings}
    return outcome(client.post(f"/{flow}/{model}", body))


# (model, contents, settings) of the tasks API
ACCEPTED: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "2.5 turbo: end frame at 1080p": ("kling-2.5-turbo", [FRAME, LAST], {"resolution": "1080p"}),
    "2.6: end frame at 1080p, silent": ("kling-2.6", [FRAME, LAST], {"resolution": "1080p", "audio": "off"}),
    "2.6: sound at 1080p": ("kling-2.6", [FRAME], {"resolution": "1080p", "audio": "native"}),
    "2.6: two voices with sound": ("kling-2.6", [FRAME, VOICE, VOICE], {"resolution": "1080p", "audio": "native"}),
    "3.0: end frame at 720p with sound": ("kling-3.0", [FRAME, LAST], {"audio": "native", "multi_shot": False}),
    "3.0: 4k, 15 s": ("kling-3.0", [], {"resolution": "4k", "duration": 15}),
    "3.0: three elements": ("kling-3.0", [FRAME, ELEMENT, ELEMENT, ELEMENT], {}),
    "3.0 turbo: 3 s": ("kling-3.0-turbo", [FRAME], {"duration": 3}),
    "omni: references with a ratio": ("kling-3.0-omni", [REFERENCE] * 7, WIDE),
    "omni: frames and three elements": ("kling-3.0-omni", [FRAME, LAST, ELEMENT, ELEMENT, ELEMENT], {}),
    "omni: base video keeps its sound": ("kling-3.0-omni", [BASE], {"audio": "original"}),
    "omni: feature video in shots": ("kling-3.0-omni", [FEATURE], {"multi_shot": True}),
    "o1: 7 s with a reference": ("kling-o1", [REFERENCE], {**WIDE, "duration": 7}),
    "o1: 10 s from a first frame": ("kling-o1", [FRAME], {"duration": 10}),
}
REFUSED: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "2.5 turbo: end frame at 720p": ("kling-2.5-turbo", [FRAME, LAST], {"resolution": "720p"}),
    "2.5 turbo: sound": ("kling-2.5-turbo", [FRAME], {"audio": "native"}),
    "2.5 turbo: shots": ("kling-2.5-turbo", [], {"multi_shot": True}),
    "2.6: end frame at the default resolution": ("kling-2.6", [FRAME, LAST], {}),
    "2.6: end frame with sound": ("kling-2.6", [FRAME, LAST], {"resolution": "1080p", "audio": "native"}),
    "2.6: sound at 720p": ("kling-2.6", [], {"audio": "native"}),
    "2.6: voice without sound": ("kling-2.6", [FRAME, VOICE], {"resolution": "1080p"}),
    "2.6: three voices": ("kling-2.6", [FRAME, VOICE, VOICE, VOICE], {"resolution": "1080p", "audio": "native"}),
    "2.6: 7 s": ("kling-2.6", [], {"duration": 7}),
    "2.6: 4k": ("kling-2.6", [], {"resolution": "4k"}),
    "2.6: an element": ("kling-2.6", [FRAME, ELEMENT], {}),
    "3.0: 16 s": ("kling-3.0", [], {"duration": 16}),
    "3.0: original sound": ("kling-3.0", [], {"audio": "original"}),
    "3.0: four elements": ("kling-3.0", [FRAME, ELEMENT, ELEMENT, ELEMENT, ELEMENT], {}),
    "3.0: end frame alone": ("kling-3.0", [LAST], {}),
    "3.0: element without an id": ("kling-3.0", [FRAME, {"type": "element"}], {}),
    "3.0: ratio of 4.0": ("kling-3.0", [], {"aspect_ratio": "21:9"}),
    "3.0: multi_shot as text": ("kling-3.0", [], {"multi_shot": "true"}),
    "3.0: unknown content": ("kling-3.0", [FRAME, {"type": "poem"}], {}),
    "3.0: two first frames": ("kling-3.0", [FRAME, FRAME], {}),
    "3.0 turbo: end frame": ("kling-3.0-turbo", [FRAME, LAST], {"resolution": "1080p"}),
    "3.0 turbo: 4k": ("kling-3.0-turbo", [], {"resolution": "4k"}),
    "omni: no ratio and no frame": ("kling-3.0-omni", [REFERENCE], {}),
    "omni: eight references": ("kling-3.0-omni", [REFERENCE] * 8, WIDE),
    "omni: five references with a video": ("kling-3.0-omni", [FEATURE, *[REFERENCE] * 5], {}),
    "omni: two videos": ("kling-3.0-omni", [BASE, FEATURE], {}),
    "omni: video as base64": ("kling-3.0-omni", [{"type": "base_video", "url": "AAAA"}], {}),
    "omni: feature video with sound": ("kling-3.0-omni", [FEATURE], {"audio": "native"}),
    "omni: feature video in one shot": ("kling-3.0-omni", [FEATURE], {"multi_shot": False}),
    "omni: base video with new sound": ("kling-3.0-omni", [BASE], {"audio": "native"}),
    "omni: base video in shots": ("kling-3.0-omni", [BASE], {"multi_shot": True}),
    "omni: base video with an end frame": ("kling-3.0-omni", [BASE, FRAME, LAST], {}),
    "omni: original sound without a video": ("kling-3.0-omni", [REFERENCE], {**WIDE, "audio": "original"}),
    "omni: four elements beside a frame": ("kling-3.0-omni", [FRAME, *[ELEMENT] * 4], {}),
    "o1: 7 s from a first frame": ("kling-o1", [FRAME], {"duration": 7}),
    "o1: reference beside a frame": ("kling-o1", [FRAME, REFERENCE], {}),
    "o1: new sound": ("kling-o1", [FRAME], {"audio": "native"}),
    "o1: shots": ("kling-o1", [FRAME], {"multi_shot": True}),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_option_is_accepted(client: KlingClient, kling: KlingSimulator, what: str) -> None:
    model, contents, settings = ACCEPTED[what]

    assert create(client, model, *contents, **settings) == (200, 0)
    assert kling.unknown_fields == {}


@pytest.mark.parametrize("what", REFUSED)
def test_option_is_refused(client: KlingClient, kling: KlingSimulator, what: str) -> None:
    model, contents, settings = REFUSED[what]

    assert create(client, model, *contents, **settings) == (400, 1201)
    assert kling.tasks == []


LEGACY_IMAGE = {"image": "https://files.example.com/first.png"}
TAIL = {**LEGACY_IMAGE, "image_tail": "https://files.example.com/last.png"}
CUSTOM = {"multi_shot": True, "shot_type": "customize"}
TWO_SHOTS = [{"index": 1, "prompt": "a", "duration": "2"}, {"index": 2, "prompt": "b", "duration": "3"}]
LEGACY: dict[str, tuple[str, dict[str, Any], tuple[int, int]]] = {
    "v2-6: sound in pro": ("kling-v2-6", {"sound": "on", "mode": "pro"}, (200, 0)),
    "v2-6: sound in std": ("kling-v2-6", {"sound": "on"}, (400, 1201)),
    "v2-6: cfg_scale": ("kling-v2-6", {"cfg_scale": 0.5}, (400, 1201)),
    "v2-5-turbo: cfg_scale": ("kling-v2-5-turbo", {"cfg_scale": 0}, (400, 1201)),
    "v3: cfg_scale": ("kling-v3", {"cfg_scale": 0.7}, (200, 0)),
    "v3: cfg_scale above 1": ("kling-v3", {"cfg_scale": 1.5}, (400, 1201)),
    "v3: cfg_scale as text": ("kling-v3", {"cfg_scale": "0.5"}, (400, 1201)),
    "v3: 4k, 15 s, negative prompt": ("kling-v3", {"mode": "4k", "duration": "15", "negative_prompt": "fog"}, (200, 0)),
    "v3: negative prompt too long": ("kling-v3", {"negative_prompt": "f" * 2501}, (400, 1201)),
    "v2-5-turbo: sound": ("kling-v2-5-turbo", {"sound": "on"}, (400, 1201)),
    "v2-5-turbo: end frame in pro": ("kling-v2-5-turbo", {**TAIL, "mode": "pro"}, (200, 0)),
    "v2-5-turbo: end frame in std": ("kling-v2-5-turbo", TAIL, (400, 1201)),
    "v2-6: end frame with sound": ("kling-v2-6", {**TAIL, "mode": "pro", "sound": "on"}, (400, 1201)),
    "v3: end frame in std": ("kling-v3", TAIL, (200, 0)),
    "v3: end frame alone": ("kling-v3", {"image_tail": TAIL["image_tail"]}, (400, 1201)),
    "v2-6: masks": ("kling-v2-6", {**LEGACY_IMAGE, "static_mask": "https://example.com/m.png"}, (400, 1201)),
    "v3: shots": ("kling-v3", {**CUSTOM, "multi_prompt": TWO_SHOTS, "prompt": None}, (200, 0)),
    "v3: shots that do not add up": ("kling-v3", {**CUSTOM, "multi_prompt": TWO_SHOTS[:1]}, (400, 1201)),
    "v3: shots without a kind": ("kling-v3", {"multi_shot": True, "multi_prompt": TWO_SHOTS}, (400, 1201)),
    "v3: seven shots": ("kling-v3", {**CUSTOM, "multi_prompt": TWO_SHOTS * 4}, (400, 1201)),
    "v3: chosen shots": ("kling-v3", {"multi_shot": True, "shot_type": "intelligence"}, (200, 0)),
    "v3: chosen shots without a prompt": (
        "kling-v3",
        {"multi_shot": True, "shot_type": "intelligence", "prompt": ""},
        (400, 1200),
    ),
    "v2-6: shots": ("kling-v2-6", {**CUSTOM, "multi_prompt": TWO_SHOTS}, (400, 1201)),
    "v3: element beside a voice": (
        "kling-v3",
        {**LEGACY_IMAGE, "sound": "on", "element_list": [{"element_id": 1}], "voice_list": [{"voice_id": "v"}]},
        (400, 1201),
    ),
    "v2-5-turbo: prompt of 2501": ("kling-v2-5-turbo", {"prompt": "a" * 2501}, (400, 1201)),
}


@pytest.mark.parametrize("what", LEGACY)
def test_legacy_option(client: KlingClient, what: str) -> None:
    model, changes, expected = LEGACY[what]
    kind = "image2video" if {"image", "image_tail"} & changes.keys() else "text2video"

    response = client.post(f"/v1/videos/{kind}", {"model_name": model, "prompt": "Rain", **changes})

    assert outcome(response) == expected


def test_refused_combination_names_the_model_as_the_vendor_does(client: KlingClient) -> None:
    legacy = client.post("/v1/videos/text2video", {"model_name": "kling-v2-6", "prompt": "Rain", "sound": "on"})
    newer = client.post("/text-to-video/kling-2.6", {"prompt": "Rain", "settings": {"audio": "native"}})

    assert legacy.json()["message"] == "model/mode/duration(kling-v2-6/std/5) is not supported with sound"
    assert newer.json()["message"] == "model/resolution/duration(kling-2.6/720p/5) is not supported with audio"


@pytest.mark.parametrize(("model", "limit"), [("kling-3.0", 3072), ("kling-3.0-turbo", 3072), ("kling-2.6", 2500)])
def test_prompt_limit_is_the_models_own(client: KlingClient, model: str, limit: int) -> None:
    responses = [create(client, model, prompt="a" * length) for length in (limit, limit + 1)]

    assert responses == [(200, 0), (400, 1201)]


def test_turbo_has_a_shorter_prompt_with_an_image(client: KlingClient) -> None:
    assert create(client, "kling-3.0-turbo", FRAME, prompt="a" * 2501) == (400, 1201)


def test_fields_that_a_model_lacks_are_counted(client: KlingClient, kling: KlingSimulator) -> None:
    create(client, "kling-2.5-turbo", audio="off", multi_shot=False, seed=7)
    create(client, "kling-2.6", FRAME, aspect_ratio="1:1")

    assert kling.unknown_fields == {"settings.seed": 1, "audio": 1, "multi_shot": 1, "aspect_ratio": 1}


@pytest.mark.parametrize("type", ["last_frame", "refer_image"])
def test_every_image_is_checked(client: KlingClient, type: str) -> None:
    small = {"type": type, "url": image(320, 299)}

    assert create(client, "kling-3.0-omni", FRAME, small) == (400, 1201)


def test_every_image_is_recorded_without_its_data(client: KlingClient, kling: KlingSimulator) -> None:
    create(client, "kling-3.0", {**FRAME, "url": image()}, {**LAST, "url": image(400, 300)})

    _, first, last = kling.tasks[0]["body"]["contents"]

    assert (first["image"]["width"], last["image"]["width"]) == (320, 400)
    assert "url" not in first | last


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (200, 0)),
        ({"character_orientation": None}, (400, 1200)),
        ({"character_orientation": "left"}, (400, 1201)),
        ({"audio": "native"}, (400, 1201)),
    ],
)
def test_motion_control(client: KlingClient, changes: dict[str, Any], expected: tuple[int, int]) -> None:
    settings = {"character_orientation": "video", "resolution": "720p", **changes}

    response = client.post("/motion-control/kling-2.6", {"contents": MOTION, "settings": settings})

    assert outcome(response) == expected


def test_motion_control_needs_an_image_and_a_video(client: KlingClient) -> None:
    settings = {"character_orientation": "video"}

    responses = [client.post("/motion-control/kling-3.0", {"contents": [it], "settings": settings}) for it in MOTION]

    assert [outcome(response) for response in responses] == [(400, 1200), (400, 1200)]


def test_models_are_dated_and_cover_both_apis() -> None:
    live = [row for row in ROWS.values() if row.state == "live"]

    assert str(AS_OF) == "2026-11-28"
    assert len(live) == 22
    assert {(row.api, row.flow) for row in live} == {
        (api, flow) for api in ("tasks", "legacy") for flow in ("text", "image", "omni", "motion")
    }
