"""The simulator's result links work for a while, serve a real video, and break on demand."""

import io
import re

import av
import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import Caller, image


@pytest.fixture
def link(caller: Caller) -> str:
    caller.create("video-1")
    return caller.link("video-1")


def _fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10, allow_redirects=False)


def _shape(film: bytes) -> tuple[int, int, int]:
    """Width, height and seconds."""
    with av.open(io.BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height, round((container.duration or 0) / av.time_base)


# What a link gives


def test_a_link_gives_the_whole_video_with_its_length_and_type(link: str) -> None:
    answer = _fetch(link)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert _shape(answer.content) == (64, 64, 5)


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"duration": "10"}, (64, 64, 10)),
        ({"image": image(640, 360)}, (114, 64, 5)),
        ({"image": image(300, 600), "aspect_ratio": "16:9"}, (64, 128, 5)),
        ({"image": "https://example.com/face.jpg"}, (64, 64, 5)),
    ],
    ids=["ten seconds", "a wide image", "a tall image, whatever ratio is asked for", "an image that is not fetched"],
)
def test_a_video_from_an_image_has_the_images_shape(
    caller: Caller, changes: dict[str, str], shape: tuple[int, int, int]
) -> None:
    caller.create("video-1", **changes)

    film = _fetch(caller.link("video-1")).content

    assert _shape(film) == shape


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (114, 64)), ("9:16", (64, 114)), ("1:1", (64, 64))])
def test_a_video_from_text_has_the_ratio_asked_for(caller: Caller, ratio: str, size: tuple[int, int]) -> None:
    body = {"prompt": "Rain", "settings": {"aspect_ratio": ratio, "duration": 3}, "options": {"external_task_id": "1"}}
    caller.post("/text-to-video/kling-3.0", body)

    [task] = caller.get("/tasks", external_task_ids="1").json()["data"]

    assert _shape(_fetch(task["outputs"][0]["url"]).content) == (*size, 3)


@pytest.mark.parametrize(("mode", "short_side"), [("std", 720), ("pro", 1080)])
def test_the_mode_sets_the_short_side(caller: Caller, kling: KlingSimulator, mode: str, short_side: int) -> None:
    kling.configure(video_short_side=None)
    body = {"model_name": "kling-v3", "prompt": "Rain", "aspect_ratio": "1:1", "duration": "3", "mode": mode}
    caller.post("/v1/videos/text2video", {**body, "external_task_id": "1"})

    task = caller.get("/v1/videos/text2video/1").json()["data"]

    film = _fetch(task["task_result"]["videos"][0]["url"]).content
    assert _shape(film) == (short_side, short_side, 3)


def test_head_tells_the_length_without_the_video(link: str) -> None:
    whole = _fetch(link)

    head = requests.head(link, timeout=10)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [("bytes=0-9", slice(0, 10)), ("bytes=100-", slice(100, None)), ("bytes=-7", slice(-7, None))],
)
def test_a_range_gives_that_part(link: str, wanted: str, part: slice) -> None:
    film = _fetch(link).content

    answer = _fetch(link, Range=wanted)

    start, end, _ = part.indices(len(film))
    assert (answer.status_code, answer.content) == (206, film[part])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(film)}"


def test_a_range_past_the_end_is_refused(link: str) -> None:
    length = len(_fetch(link).content)

    answer = _fetch(link, Range=f"bytes={length}-")

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{length}")


def test_a_range_of_another_version_gets_the_whole_video(link: str) -> None:
    whole = _fetch(link)

    same, other = (
        _fetch(link, **{"Range": "bytes=0-9", "If-Range": tag}).status_code for tag in (whole.headers["ETag"], '"old"')
    )

    assert (same, other) == (206, 200)


# How long, and for whom


def test_a_link_dies_and_a_new_answer_gives_a_fresh_one(caller: Caller, kling: KlingSimulator, clock: Clock) -> None:
    kling.configure(link_ttl_seconds=60)
    caller.create("video-1")
    link = caller.link("video-1")

    statuses = []
    for seconds in (59, 1):
        clock.now += seconds
        statuses.append(_fetch(link).status_code)
    fresh = caller.link("video-1")

    assert (statuses, _fetch(fresh).status_code) == ([200, 403], 200)


@pytest.mark.parametrize(
    ("pattern", "forged"),
    [(r"/\d{18}\.mp4", "/800000000000000000.mp4"), (r"expires=1", "expires=9"), (r"signature=.*", "")],
)
def test_a_forged_link_is_refused(link: str, pattern: str, forged: str) -> None:
    answer = _fetch(re.sub(pattern, forged, link))

    assert answer.status_code == 403


def test_a_link_needs_no_key_and_a_forgotten_video_has_none(link: str, kling: KlingSimulator) -> None:
    before = _fetch(link).status_code

    kling.clear_tasks()

    assert (before, _fetch(link).status_code) == (200, 403)


# Faults


def test_a_link_may_be_dead_already(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="expired", external_id="video-1")

    assert [_fetch(link).status_code for _ in range(2)] == [403, 200]


def test_a_fault_of_another_video_does_not_meet_this_one(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="expired", external_id="video-2")

    assert _fetch(link).status_code == 200


def test_a_download_may_be_cut_midway(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="truncate")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        _fetch(link)


def test_a_video_may_lack_its_end_though_the_answer_is_whole(link: str, kling: KlingSimulator) -> None:
    film = _fetch(link).content
    kling.fault(on="download", kind="short", fraction=0.5)

    answer = _fetch(link)

    assert (answer.status_code, answer.content) == (200, film[: len(film) // 2])
    assert answer.headers["Content-Length"] == str(len(film) // 2)


def test_a_page_may_come_in_place_of_the_video(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="html")

    answer = _fetch(link)

    assert (answer.status_code, answer.headers["Content-Type"], answer.content[:6]) == (200, "text/html", b"<html>")


def test_a_video_may_come_in_drops(link: str, kling: KlingSimulator) -> None:
    film = _fetch(link).content
    kling.fault(on="download", kind="drip", part_bytes=1000, part_seconds=0.001)

    assert _fetch(link).content == film


def test_a_video_may_be_huge_and_still_be_an_mp4(link: str, kling: KlingSimulator) -> None:
    size = 10_000_000
    kling.fault(on="download", kind="oversize", bytes=size)

    answer = _fetch(link)

    assert (answer.headers["Content-Length"], len(answer.content)) == (str(size), size)
    assert _shape(answer.content) == (64, 64, 5)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_length_may_be_missing(link: str, kling: KlingSimulator, *, chunked: bool) -> None:
    film = _fetch(link).content
    kling.fault(on="download", kind="no_length", chunked=chunked)

    answer = _fetch(link)

    assert answer.content == film
    assert "Content-Length" not in answer.headers
    assert answer.headers.get("Transfer-Encoding") == ("chunked" if chunked else None)


def test_a_link_may_lead_elsewhere(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="redirect", to="http://169.254.169.254/")

    answer = _fetch(link)

    assert (answer.status_code, answer.headers["Location"]) == (302, "http://169.254.169.254/")


def test_a_download_may_fail_hang_or_be_dropped(link: str, kling: KlingSimulator) -> None:
    for kind in ("http", "drop", "hang"):
        kling.fault(on="download", kind=kind)

    failed = _fetch(link).status_code
    with pytest.raises(requests.ConnectionError):
        _fetch(link)
    with pytest.raises(requests.ReadTimeout):
        requests.get(link, timeout=0.3)

    assert failed == 502
