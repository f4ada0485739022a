"""Download links and videos of the Kling simulator."""

import io
import re

import av
import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, image


@pytest.fixture
def link(client: KlingClient) -> str:
    client.create("video-1")
    return client.link("video-1")


def _fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=60, allow_redirects=False)


def _shape(video: bytes) -> tuple[int, int, int]:
    """Return width, height and seconds."""
    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height, round((container.duration or 0) / av.time_base)


def test_link_returns_the_video_with_length_and_type(link: str) -> None:
    response = _fetch(link)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "video/mp4")
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert _shape(response.content) == (64, 64, 5)


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"duration": "10"}, (64, 64, 10)),
        ({"image": image(640, 360)}, (114, 64, 5)),
        ({"image": image(300, 600), "aspect_ratio": "16:9"}, (64, 128, 5)),
        ({"image": "https://example.com/face.jpg"}, (64, 64, 5)),
    ],
    ids=["ten seconds", "a wide image", "a tall image, with an ignored ratio", "an external image"],
)
def test_video_from_an_image_has_its_aspect_ratio(
    client: KlingClient, changes: dict[str, str], shape: tuple[int, int, int]
) -> None:
    client.create("video-1", **changes)

    video = _fetch(client.link("video-1")).content

    assert _shape(video) == shape


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (114, 64)), ("9:16", (64, 114)), ("1:1", (64, 64))])
def test_video_from_text_has_the_requested_ratio(client: KlingClient, ratio: str, size: tuple[int, int]) -> None:
    body = {"prompt": "Rain", "settings": {"aspect_ratio": ratio, "duration": 3}, "options": {"external_task_id": "1"}}
    client.post("/text-to-video/kling-3.0", body)

    [task] = client.get("/tasks", external_task_ids="1").json()["data"]

    assert _shape(_fetch(task["outputs"][0]["url"]).content) == (*size, 3)


@pytest.mark.parametrize(("mode", "short_side"), [("std", 720), ("pro", 1080)])
def test_mode_determines_the_resolution(client: KlingClient, kling: KlingSimulator, mode: str, short_side: int) -> None:
    kling.configure(video_short_side=None)
    body = {"model_name": "kling-v3", "prompt": "Rain", "aspect_ratio": "1:1", "duration": "3", "mode": mode}
    client.post("/v1/videos/text2video", {**body, "external_task_id": "1"})

    task = client.get("/v1/videos/text2video/1").json()["data"]

    video = _fetch(task["task_result"]["videos"][0]["url"]).content
    assert _shape(video) == (short_side, short_side, 3)


def test_head_returns_the_length_without_the_video(link: str) -> None:
    whole = _fetch(link)

    head = requests.head(link, timeout=60)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [("bytes=0-9", slice(0, 10)), ("bytes=100-", slice(100, None)), ("bytes=-7", slice(-7, None))],
)
def test_range_returns_that_part(link: str, wanted: str, part: slice) -> None:
    video = _fetch(link).content

    response = _fetch(link, Range=wanted)

    start, end, _ = part.indices(len(video))
    assert (response.status_code, response.content) == (206, video[part])
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(video)}"


def test_range_past_the_end_returns_416(link: str) -> None:
    length = len(_fetch(link).content)

    response = _fetch(link, Range=f"bytes={length}-")

    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{length}")


def test_range_of_another_version_returns_the_whole_video(link: str) -> None:
    whole = _fetch(link)

    same, other = (
        _fetch(link, **{"Range": "bytes=0-9", "If-Range": tag}).status_code for tag in (whole.headers["ETag"], '"old"')
    )

    assert (same, other) == (206, 200)


def test_link_expires_and_the_next_query_returns_a_new_one(
    client: KlingClient, kling: KlingSimulator, clock: Clock
) -> None:
    kling.configure(link_ttl_seconds=60)
    client.create("video-1")
    link = client.link("video-1")

    statuses = []
    for seconds in (59, 1):
        clock.now += seconds
        statuses.append(_fetch(link).status_code)
    fresh = client.link("video-1")

    assert (statuses, _fetch(fresh).status_code) == ([200, 403], 200)


@pytest.mark.parametrize(
    ("pattern", "forged"),
    [(r"/\d{18}\.mp4", "/800000000000000000.mp4"), (r"expires=1", "expires=9"), (r"signature=.*", "")],
)
def test_forged_link_is_rejected(link: str, pattern: str, forged: str) -> None:
    response = _fetch(re.sub(pattern, forged, link))

    assert response.status_code == 403


def test_link_needs_no_key_and_ends_with_the_task(link: str, kling: KlingSimulator) -> None:
    before = _fetch(link).status_code

    kling.clear_tasks()

    assert (before, _fetch(link).status_code) == (200, 403)
