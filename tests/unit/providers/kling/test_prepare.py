"""The exact requests for both of Kling's API standards."""

from base64 import b64encode

import pytest

from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from tests.unit.providers.kling.samples import PROMPT, VIDEO_ID, job

IMAGE = b"\xff\xd8\xff\xe0 an image"
IMAGE_URL = "https://example.com/sophia.jpg"


def test_legacy_image_is_plain_base64_without_an_aspect_ratio() -> None:
    video_job = job(image=IMAGE, negative_prompt="blur")

    submission = adapter.prepare(video_job)

    assert submission == Submission(
        video_id=VIDEO_ID,
        path="/v1/videos/image2video",
        body={
            "model_name": "kling-v2-1",
            "prompt": PROMPT,
            "mode": "std",
            "duration": "5",
            "external_task_id": VIDEO_ID,
            "watermark_info": {"enabled": False},
            "negative_prompt": "blur",
            "image": b64encode(IMAGE).decode(),
        },
    )


def test_legacy_image_url_is_sent_unchanged_and_1080p_is_pro_mode() -> None:
    video_job = job(image=IMAGE_URL, resolution="1080p", duration_seconds=10)

    submission = adapter.prepare(video_job)

    assert submission == Submission(
        video_id=VIDEO_ID,
        path="/v1/videos/image2video",
        body={
            "model_name": "kling-v2-1",
            "prompt": PROMPT,
            "mode": "pro",
            "duration": "10",
            "external_task_id": VIDEO_ID,
            "watermark_info": {"enabled": False},
            "image": IMAGE_URL,
        },
    )


def test_legacy_text_to_video_sends_the_aspect_ratio() -> None:
    video_job = job(has_image=False, aspect_ratio="9:16")

    submission = adapter.prepare(video_job)

    assert submission == Submission(
        video_id=VIDEO_ID,
        path="/v1/videos/text2video",
        body={
            "model_name": "kling-v2-1",
            "prompt": PROMPT,
            "mode": "std",
            "duration": "5",
            "external_task_id": VIDEO_ID,
            "watermark_info": {"enabled": False},
            "aspect_ratio": "9:16",
        },
    )


@pytest.mark.parametrize(("image", "url"), [(IMAGE, b64encode(IMAGE).decode()), (IMAGE_URL, IMAGE_URL)])
def test_tasks_api_image_is_part_of_the_contents(image: bytes | str, url: str) -> None:
    video_job = job("kling-2.5-turbo", image=image, resolution="1080p")

    submission = adapter.prepare(video_job)

    assert submission == Submission(
        video_id=VIDEO_ID,
        path="/image-to-video/kling-2.5-turbo",
        body={
            "contents": [{"type": "prompt", "text": PROMPT}, {"type": "first_frame", "url": url}],
            "settings": {"resolution": "1080p", "duration": 5},
            "options": {"external_task_id": VIDEO_ID, "watermark_info": {"enabled": False}},
        },
    )


def test_tasks_api_text_to_video_sends_aspect_ratio_and_integer_seconds() -> None:
    video_job = job("kling-3.0", has_image=False, aspect_ratio="16:9", duration_seconds=7)

    submission = adapter.prepare(video_job)

    assert submission == Submission(
        video_id=VIDEO_ID,
        path="/text-to-video/kling-3.0",
        body={
            "prompt": PROMPT,
            "settings": {
                "resolution": "720p",
                "duration": 7,
                "aspect_ratio": "16:9",
                "audio": "off",
                "multi_shot": False,
            },
            "options": {"external_task_id": VIDEO_ID, "watermark_info": {"enabled": False}},
        },
    )


@pytest.mark.parametrize("model", ["kling-v2-1", "kling-3.0"])
def test_prepare_is_deterministic_and_repr_hides_the_prompt(model: str) -> None:
    video_job = job(model, image=IMAGE)

    submission = adapter.prepare(video_job)

    assert submission == adapter.prepare(video_job)
    assert PROMPT not in repr(submission)


def test_cancel_is_always_false_and_sends_nothing() -> None:
    is_canceled = adapter.cancel(job(task_id="893605946402811985"))

    assert not is_canceled
