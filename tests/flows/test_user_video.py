"""The main flow: HTTP request → handlers → tables → workflow → Kling's API → bucket → permanent URL."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import Any

import av
import pytest
import requests
from PIL import Image

from keepreel.db.tables import Video
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.api_client import ApiClient

MODELS = pytest.mark.parametrize("model", ["kling-v2-6", "kling-2.5-turbo", "kling-3.0"])


def task_of(kling: KlingSimulator, id: str) -> dict[str, Any]:
    (task,) = [task for task in kling.tasks if task["external_id"] == id]
    return task


@MODELS
def test_image_and_prompt_become_a_stored_video(
    model: str, user: ApiClient, kling: KlingSimulator, picture: bytes
) -> None:
    source_image = user.upload(picture)
    created = user.create_video(source_image=source_image, model=model, duration_seconds=5, aspect_ratio="1:1")
    video = user.follow(created.json()["id"])

    assert (created.status_code, created.headers["Location"]) == (202, f"/v1/videos/{video['id']}")
    assert video["status"] == "completed"
    assert (video["owner"], video["source_image_url"]) == (user.owner, source_image)
    assert kling.create_calls[video["id"]] == 1

    stored = requests.get(video["video_url"], timeout=60)
    assert (stored.status_code, stored.headers["Content-Type"]) == (200, "video/mp4")
    assert (len(stored.content), sha256(stored.content).hexdigest()) == (video["size_bytes"], video["sha256"])
    with av.open(BytesIO(stored.content), mode="r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (video["width"], video["height"])
        assert (container.duration or 0) / av.time_base == pytest.approx(5, abs=0.2)

    thumbnail = requests.get(video["thumbnail_url"], timeout=60)
    assert thumbnail.headers["Content-Type"] == "image/jpeg"
    assert Image.open(BytesIO(thumbnail.content)).size == (video["width"], video["height"])


@MODELS
def test_prompt_becomes_a_video_of_the_requested_shape(model: str, user: ApiClient) -> None:
    video = user.follow(user.create_video(model=model, aspect_ratio="16:9").json()["id"])

    assert video["status"] == "completed"
    assert video["width"] / video["height"] == pytest.approx(16 / 9, abs=0.05)


@MODELS
def test_upload_of_another_shape_gives_the_requested_shape(model: str, user: ApiClient, picture: bytes) -> None:
    created = user.create_video(model=model, source_image=user.upload(picture), aspect_ratio="9:16")
    video = user.follow(created.json()["id"])

    assert video["width"] / video["height"] == pytest.approx(9 / 16, abs=0.05)


def test_external_image_is_passed_on_by_its_url(user: ApiClient, kling: KlingSimulator) -> None:
    url = "https://images.example.com/avatar.jpg"

    video = user.follow(user.create_video(source_image=url, model="kling-v2-6").json()["id"])

    assert video["status"] == "completed"
    assert task_of(kling, video["id"])["body"]["image"] == {"url": url}


def test_twenty_concurrent_requests_complete_and_submit_once_each(
    user: ApiClient, kling: KlingSimulator, picture: bytes
) -> None:
    source_image = user.upload(picture)
    kling.configure(concurrency=5, finish_seconds=0.2)

    with ThreadPoolExecutor(20) as pool:
        responses = list(
            pool.map(lambda n: user.create_video(source_image=source_image, prompt=f"smile {n}"), range(20))
        )
        videos = list(pool.map(lambda response: user.follow(response.json()["id"]), responses))

    assert [response.status_code for response in responses] == [202] * 20
    assert [video["status"] for video in videos] == ["completed"] * 20
    accepted = [task["external_id"] for task in kling.tasks]
    assert [accepted.count(video["id"]) for video in videos] == [1] * 20
    listed = user.send("GET", "/v1/videos?limit=100").json()["videos"]
    assert {video["id"] for video in listed} == {video["id"] for video in videos}


def test_stored_video_outlives_the_providers_url(user: ApiClient, kling: KlingSimulator) -> None:
    video = user.follow(user.create_video().json()["id"])

    kling.configure(link_ttl_seconds=0)
    kling.clear_tasks()

    assert requests.get(video["video_url"], headers={"Range": "bytes=0-1"}, timeout=60).status_code == 206


def test_finished_video_of_the_factory_equals_one_of_the_workflow(user: ApiClient) -> None:
    """Other tests write finished videos with the factory, which must not differ from real ones."""
    real = user.follow(user.create_video(prompt=factories.PROMPT, model="kling-3.0", aspect_ratio="1:1").json()["id"])

    written = factories.finished_video(user)

    assert {name for name, value in written.items() if value is None} == {
        name for name, value in real.items() if value is None
    }
    same = (
        "status",
        "prompt",
        "model",
        "provider",
        "width",
        "height",
        "measured_seconds",
        "aspect_ratio",
        "resolution",
    )
    assert {name: written.get(name) for name in same} == {name: real.get(name) for name in same}
    for name in ("video_url", "thumbnail_url"):
        one, other = (requests.get(it[name], timeout=60) for it in (real, written))
        assert (other.status_code, _file_headers(other)) == (one.status_code, _file_headers(one))
    only_real = _attributes(user, real) - _attributes(user, written)
    assert only_real == {
        "actual_cost_usd",
        "attempts",
        "billed_as",
        "sent_request",
        "source_sha256",
    }


def _file_headers(response: requests.Response) -> dict[str, str]:
    return {name: response.headers.get(name, "") for name in ("Content-Type", "Cache-Control", "Accept-Ranges")}


def _attributes(user: ApiClient, video: dict[str, Any]) -> set[str]:
    found = Video.get(user.owner, video["id"], consistent_read=True).attribute_values
    return {name for name, value in found.items() if value is not None}
