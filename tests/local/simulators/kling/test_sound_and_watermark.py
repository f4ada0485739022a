"""The files of the Kling simulator: sound, watermark and shape as requested."""

import io
from typing import Any

import av
import pytest
import requests
from av.container import InputContainer
from PIL import Image

from tests.local.simulators.kling.kling_client import KlingClient

FRAME = {"type": "first_frame", "url": "https://files.example.com/first.png"}


def outputs(client: KlingClient, path: str, body: dict[str, Any]) -> dict[str, str]:
    id = client.post(f"/{path}", body).json()["data"]["id"]
    result: dict[str, str] = client.get("/tasks", task_ids=id).json()["data"][0]["outputs"][0]
    return result


def download(url: str) -> InputContainer:
    return av.open(io.BytesIO(requests.get(url, timeout=60).content), "r")


@pytest.mark.parametrize(
    ("path", "settings", "codecs"),
    [
        ("text-to-video/kling-3.0", {"audio": "native", "duration": 3}, ["h264", "aac"]),
        ("text-to-video/kling-3.0", {"audio": "off", "duration": 3}, ["h264"]),
        ("text-to-video/kling-3.0", {"duration": 3}, ["h264"]),
        ("text-to-video/kling-3.0-turbo", {"duration": 3}, ["h264", "aac"]),
    ],
)
def test_file_has_an_aac_track_only_with_sound(
    client: KlingClient, path: str, settings: dict[str, Any], codecs: list[str]
) -> None:
    output = outputs(client, path, {"prompt": "Rain", "settings": settings})

    with download(output["url"]) as video:
        assert [stream.codec_context.name for stream in video.streams] == codecs
        assert (video.duration or 0) / av.time_base == pytest.approx(3, abs=0.05)
        for stream in video.streams.audio:
            assert sum(frame.samples for frame in video.decode(stream)) >= 3 * 48_000


def test_watermark_is_a_second_file(client: KlingClient) -> None:
    options = {"watermark_info": {"enabled": True}}
    body: dict[str, Any] = {"prompt": "Rain", "settings": {"duration": 3}, "options": options}

    output = outputs(client, "text-to-video/kling-3.0", body)

    assert output["url"] != output["watermark_url"]
    assert (
        _center(output["watermark_url"]).convert("L").getextrema() != _center(output["url"]).convert("L").getextrema()
    )


def _center(url: str) -> Image.Image:
    """Return the middle third of the first frame."""
    with download(url) as video:
        picture: Image.Image = next(video.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
    width, height = picture.size
    return picture.crop((0, height // 3, width, height * 2 // 3))


def test_file_without_a_watermark_has_no_second_link(client: KlingClient) -> None:
    output = outputs(client, "text-to-video/kling-3.0", {"prompt": "Rain", "settings": {"duration": 3}})

    assert output["watermark_url"] == ""


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1", "21:9", "4:3", "3:4"])
def test_file_has_the_requested_shape(ratio: str, client: KlingClient) -> None:
    requests.put(f"{client.base_url}/_simulator/settings", json={"extra_models": ["kling-4.0"]}, timeout=60)
    contents = [{"type": "prompt", "text": "Rain"}]
    settings = {"duration": 3, "aspect_ratio": ratio}

    output = outputs(client, "omni-video/kling-4.0", {"contents": contents, "settings": settings})

    width, height = map(int, ratio.split(":"))
    with download(output["url"]) as video:
        frame = video.streams.video[0]
        assert frame.width / frame.height == pytest.approx(width / height, rel=0.03)


def test_sound_and_watermark_of_the_legacy_api(client: KlingClient) -> None:
    client.create("video-1", mode="pro", sound="on", watermark_info={"enabled": True})

    task = client.get("/v1/videos/image2video/video-1").json()["data"]

    assert task["watermark_info"] == {"enabled": True}
    with download(task["task_result"]["videos"][0]["watermark_url"]) as video:
        assert len(video.streams.audio) == 1
