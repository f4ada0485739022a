"""Faults of downloads from the Kling simulator."""

import io

import av
import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient


@pytest.fixture
def link(client: KlingClient) -> str:
    client.create("video-1")
    return client.link("video-1")


def _fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=60, allow_redirects=False)


def _shape(video: bytes) -> tuple[int, int, int]:
    """Width, height and seconds."""
    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height, round((container.duration or 0) / av.time_base)


def test_link_can_be_expired(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="expired", external_id="video-1")

    assert [_fetch(link).status_code for _ in range(2)] == [403, 200]


def test_fault_of_another_video_does_not_apply(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="expired", external_id="video-2")

    assert _fetch(link).status_code == 200


def test_download_can_be_cut_off(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="truncate")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        _fetch(link)


def test_response_can_be_complete_with_a_truncated_video(link: str, kling: KlingSimulator) -> None:
    video = _fetch(link).content
    kling.fault(on="download", kind="short", fraction=0.5)

    response = _fetch(link)

    assert (response.status_code, response.content) == (200, video[: len(video) // 2])
    assert response.headers["Content-Length"] == str(len(video) // 2)


def test_download_can_return_an_html_page(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="html")

    response = _fetch(link)

    assert (response.status_code, response.headers["Content-Type"], response.content[:6]) == (
        200,
        "text/html",
        b"<html>",
    )


def test_download_can_be_slow(link: str, kling: KlingSimulator) -> None:
    video = _fetch(link).content
    kling.fault(on="download", kind="drip", part_bytes=1000, part_seconds=0.001)

    assert _fetch(link).content == video


def test_video_can_be_oversized_and_still_valid(link: str, kling: KlingSimulator) -> None:
    size = 10_000_000
    kling.fault(on="download", kind="oversize", bytes=size)

    response = _fetch(link)

    assert (response.headers["Content-Length"], len(response.content)) == (str(size), size)
    assert _shape(response.content) == (64, 64, 5)


@pytest.mark.parametrize("chunked", [True, False])
def test_content_length_can_be_missing(link: str, kling: KlingSimulator, *, chunked: bool) -> None:
    video = _fetch(link).content
    kling.fault(on="download", kind="no_length", chunked=chunked)

    response = _fetch(link)

    assert response.content == video
    assert "Content-Length" not in response.headers
    assert response.headers.get("Transfer-Encoding") == ("chunked" if chunked else None)


def test_link_can_redirect(link: str, kling: KlingSimulator) -> None:
    kling.fault(on="download", kind="redirect", to="http://169.254.169.254/")

    response = _fetch(link)

    assert (response.status_code, response.headers["Location"]) == (302, "http://169.254.169.254/")


def test_download_can_fail_hang_or_be_dropped(link: str, kling: KlingSimulator) -> None:
    for kind in ("http", "drop", "hang"):
        kling.fault(on="download", kind=kind)

    failed = _fetch(link).status_code
    with pytest.raises(requests.ConnectionError):
        _fetch(link)
    with pytest.raises(requests.ReadTimeout):
        requests.get(link, timeout=(60, 0.3))

    assert failed == 502
