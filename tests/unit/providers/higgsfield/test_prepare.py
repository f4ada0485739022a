"""The exact requests to Higgsfield, which ignores unknown fields and charges anyway."""

from typing import Any

import pytest

from keepreel.models import catalog
from keepreel.providers.base import Submission
from keepreel.providers.higgsfield import adapter
from keepreel.settings import settings
from tests.unit.providers.higgsfield.samples import IMAGE_URL, PROMPT, VIDEO_ID, job

pytestmark = pytest.mark.usefixtures("settings_without_server")

EVERYTHING: dict[str, Any] = {"negative_prompt": "blur", "seed": 7, "duration_seconds": 10, "aspect_ratio": "9:16"}
FROM_IMAGE: dict[str, Any] = {"image": IMAGE_URL, **EVERYTHING}
FROM_TEXT: dict[str, Any] = {"has_image": False, **EVERYTHING}


@pytest.mark.parametrize(
    ("model", "options", "path", "body"),
    [
        (
            "higgsfield-dop-lite",
            FROM_IMAGE,
            "/higgsfield-ai/dop/lite",
            {"prompt": PROMPT, "image_url": IMAGE_URL, "seed": 7, "enhance_prompt": False},
        ),
        (
            "higgsfield/realistic-vision-v5",
            FROM_IMAGE,
            "/higgsfield-ai/dop/standard",
            {"prompt": PROMPT, "image_url": IMAGE_URL, "seed": 7, "enhance_prompt": False},
        ),
        (
            "higgsfield-kling-2.1-pro",
            FROM_IMAGE,
            "/kling-video/v2.1/pro/image-to-video",
            {"prompt": PROMPT, "image_url": IMAGE_URL, "duration": 10, "negative_prompt": "blur", "cfg_scale": 0.5},
        ),
        (
            "higgsfield-kling-2.1-master",
            FROM_IMAGE,
            "/kling-video/v2.1/master/image-to-video",
            {"prompt": PROMPT, "image_url": IMAGE_URL, "duration": 10, "negative_prompt": "blur", "cfg_scale": 0.5},
        ),
        (
            "higgsfield-kling-2.1-master",
            FROM_TEXT,
            "/kling-video/v2.1/master/text-to-video",
            {"prompt": PROMPT, "duration": 10, "aspect_ratio": "9:16", "negative_prompt": "blur", "cfg_scale": 0.5},
        ),
    ],
)
def test_model_gets_only_the_options_that_it_takes(
    model: str, options: dict[str, Any], path: str, body: dict[str, Any]
) -> None:
    submission = adapter.prepare(job(model, **options))

    assert submission == Submission(video_id=VIDEO_ID, path=path, body=body)


def test_options_without_a_value_are_left_out_of_the_body() -> None:
    submission = adapter.prepare(job("higgsfield-kling-2.1-pro", image=IMAGE_URL))

    assert submission.body == {"prompt": PROMPT, "image_url": IMAGE_URL, "duration": 5, "cfg_scale": 0.5}


def test_path_of_the_operators_model_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIGGSFIELD_MODEL_PATH", "/higgsfield/realistic-vision-v5/")
    settings.cache_clear()

    submission = adapter.prepare(job("higgsfield/realistic-vision-v5", image=IMAGE_URL))

    assert submission.path == "/higgsfield/realistic-vision-v5"


@pytest.mark.parametrize("model", [id for id, model in catalog.models().items() if model.provider == "higgsfield"])
def test_prepare_is_deterministic_and_repr_hides_the_prompt(model: str) -> None:
    video_job = job(model, image=IMAGE_URL)

    submission = adapter.prepare(video_job)

    assert submission == adapter.prepare(video_job)
    assert PROMPT not in repr(submission)
