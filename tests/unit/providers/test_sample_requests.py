"""The vendors' sample requests equal what the adapters send for the same input."""

from collections.abc import Iterator
from typing import Any

import pytest

from keepreel.models import catalog
from keepreel.models.options import Motion, Options, Shot
from keepreel.providers import registry
from keepreel.providers.base import Job
from tests.data.vendor_samples import sample
from tests.unit.providers.provider_env import environment_set

FIRST, LAST = "https://files.example.com/first.png", "https://files.example.com/last.png"
BOAT = "A paper boat drifts down a rainy street, slow tracking shot."
LEGACY_BOAT = "A paper boat drifts down a rainy street."
LAMP = "The lighthouse lamp turns on as fog rolls in."
BEACH = Options(
    sound=False,
    shots=(
        Shot(prompt="a door opens onto a beach", duration_seconds=2),
        Shot(prompt="footprints fill with water", duration_seconds=3),
    ),
)
LONGER_BEACH = Options(
    sound=False,
    shots=(
        Shot(prompt="a door opens onto a beach", duration_seconds=3),
        Shot(prompt="footprints fill with water", duration_seconds=5),
    ),
)
SOUND, SILENT = Options(sound=True), Options(sound=False)
NO_WATERMARK = {"watermark_info": {"enabled": False}}
FRAMES: dict[str, Any] = {"prompt": LAMP, "image": FIRST, "end_image": LAST}

# Number of the sample, model, the job's fields, and what is sent beyond the sample: defaults that it leaves out.
REQUESTS: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = [
    (1, "kling-3.0-turbo", {"prompt": BOAT, "aspect_ratio": "9:16"}, {}),
    (2, "kling-3.0-turbo", {"prompt": LAMP, "image": FIRST}, {}),
    (
        3,
        "kling-3.0",
        {"prompt": BOAT, "resolution": "1080p", "duration_seconds": 8, "aspect_ratio": "9:16", "options": SOUND},
        {},
    ),
    (4, "kling-3.0", {**FRAMES, "resolution": "1080p", "duration_seconds": 8, "options": SILENT}, {}),
    (
        5,
        "kling-3.0-omni",
        {
            "prompt": "The fox from the picture walks through snow at dusk.",
            "reference_images": ("https://files.example.com/fox.png",),
        },
        {},
    ),
    (7, "kling-2.6", {"prompt": BOAT, "resolution": "1080p", "aspect_ratio": "9:16", "options": SOUND}, {}),
    (8, "kling-2.6", {**FRAMES, "resolution": "1080p", "options": SILENT}, {}),
    (9, "kling-2.5-turbo", {"prompt": BOAT, "aspect_ratio": "9:16"}, {}),
    (10, "kling-2.5-turbo", {**FRAMES, "resolution": "1080p"}, {}),
    (
        13,
        "kling-v3",
        {"prompt": LEGACY_BOAT, "resolution": "1080p", "duration_seconds": 8, "options": SILENT},
        {"multi_shot": False, **NO_WATERMARK},
    ),
    (14, "kling-v2-6", {"prompt": LEGACY_BOAT, "resolution": "1080p", "options": SOUND}, NO_WATERMARK),
    (
        15,
        "kling-v3",
        {"prompt": LEGACY_BOAT, "resolution": "1080p", "duration_seconds": 8, "options": SILENT, "image": FIRST},
        {"multi_shot": False, **NO_WATERMARK},
    ),
    (16, "kling-v2-6", {"prompt": LEGACY_BOAT, "resolution": "1080p", "options": SOUND, "image": FIRST}, NO_WATERMARK),
    (21, "kling-3.0", {"options": BEACH}, {"options": {"external_task_id": "vid_01hexample", **NO_WATERMARK}}),
    (22, "kling-v3", {"options": BEACH}, {"external_task_id": "vid_01hexample", **NO_WATERMARK}),
    (83, "higgsfield-kling-3.0-std", {**FRAMES, "options": SILENT}, {}),
    (
        84,
        "higgsfield-kling-3.0-pro",
        {"options": LONGER_BEACH, "duration_seconds": 8, "aspect_ratio": "9:16"},
        {"cfg_scale": 0.5},
    ),
    (
        85,
        "higgsfield-dop-standard",
        {
            **FRAMES,
            "prompt": "The camera circles the statue.",
            "seed": 12345,
            "options": Options(
                motions=(Motion(id="00000000-0000-4000-8000-0000000000aa", strength=0.7),), enhance_prompt=False
            ),
        },
        {},
    ),
    (86, "higgsfield-seedance-2.0", {"prompt": "A train crosses a viaduct at dawn.", "options": SILENT}, {}),
    (
        87,
        "higgsfield-kling-o3-frames",
        {**FRAMES, "prompt": "The bud opens.", "options": SILENT},
        {"multi_shots": False},
    ),
]


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with environment_set(monkeypatch):
        yield


@pytest.mark.parametrize(("number", "model", "fields", "more"), REQUESTS, ids=[str(it[0]) for it in REQUESTS])
def test_request_equals_the_sample(number: int, model: str, fields: dict[str, Any], more: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {
        "video_id": "vid_01hexample",
        "model": catalog.models()[model],
        "prompt": "",
        "duration_seconds": 5,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "has_image": "image" in fields,
    }

    submission = registry.adapter(catalog.models()[model].provider).prepare(Job(**{**defaults, **fields}))

    expected = sample(number)
    assert submission.path == expected.about["endpoint"].partition("?")[0]
    assert _without_ids(submission.body) == _without_ids({**expected.body, **more})


def _without_ids(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out the names of reference images, which are ours to choose."""
    parts = [{**part, "id": None} if part["type"] == "refer_image" else part for part in body.get("contents", [])]
    return {**body, "contents": parts} if parts else body
