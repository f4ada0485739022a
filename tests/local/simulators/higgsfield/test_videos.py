"""The content, size and lifetime of the Higgsfield simulator's videos."""

import io
from typing import Any

import av
import pytest
import requests
from PIL import Image

from local.simulators.higgsfield.models import MODELS, validate
from local.simulators.higgsfield.scenes import film
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.higgsfield.uploads import Uploads
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KLING,
    TEXT_WITH_RATIO,
    HiggsfieldClient,
    error,
    image,
)

_TURBO_TEXT = "/kling-video/v2.5-turbo/pro/text-to-video"


@pytest.fixture(autouse=True)
def finish_at_once(higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(finish_seconds=0)


def _fetch(url: str) -> requests.Response:
    return requests.get(url, timeout=60)


def _video(client: HiggsfieldClient, **fields: Any) -> tuple[tuple[int, int, float], Image.Image]:
    """Return width, height and seconds of the video, and its first frame."""
    video = _fetch(client.link(client.accepted(**fields))).content
    with av.open(io.BytesIO(video), "r") as container:
        stream = container.streams.video[0]
        shape = (stream.width, stream.height, (container.duration or 0) / av.time_base)
        first: Image.Image = next(container.decode(video=0)).to_image()  # type: ignore[no-untyped-call]  # PyAV
    return shape, first


@pytest.mark.parametrize(
    ("path", "fields", "size", "shape"),
    [
        (DOP, {}, (640, 360), (114, 64, 5.375)),
        (DOP, {"duration": 10}, (300, 350), (64, 64, 5.375)),
        (DOP, {}, (300, 600), (64, 114, 5.375)),
        (KLING, {"duration": 10, "aspect_ratio": "16:9"}, (320, 320), (64, 64, 10)),
    ],
    ids=[
        "landscape",
        "DoP is square if the image nearly is; DoP ignores the duration",
        "portrait",
        "Kling ignores the ratio for an image",
    ],
)
def test_video_shows_the_uploaded_image(
    client: HiggsfieldClient,
    path: str,
    fields: dict[str, Any],
    size: tuple[int, int],
    shape: tuple[int, int, float],
) -> None:
    public_url = client.uploaded(image(*size, color="#c83c1e"))

    seen, first = _video(client, path=path, image_url=public_url, **fields)

    assert seen == shape
    assert first.resize((1, 1)).getpixel((0, 0)) == pytest.approx((200, 60, 30), abs=6)


@pytest.mark.parametrize(
    ("path", "fields", "tracks"),
    [
        ("/kling-video/v3.0/std/text-to-video", {}, ["video", "audio"]),
        ("/kling-video/v3.0/std/text-to-video", {"sound": "off"}, ["video"]),
        ("/bytedance/seedance-2.0/text-to-video", {}, ["video", "audio"]),
        ("/bytedance/seedance-2.0/text-to-video", {"generate_audio": False}, ["video"]),
        (DOP, {}, ["video"]),
    ],
)
def test_video_has_a_sound_track_unless_sound_is_off(
    client: HiggsfieldClient, path: str, fields: dict[str, Any], tracks: list[str]
) -> None:
    video = _fetch(client.link(client.accepted(path=path, **fields))).content

    with av.open(io.BytesIO(video), "r") as container:
        assert [stream.type for stream in container.streams] == tracks


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF"])
def test_every_documented_image_format_is_accepted(client: HiggsfieldClient, format: str) -> None:
    public_url = client.uploaded(image(64, 64, format=format), content_type=f"image/{format.lower()}")

    assert client.create(image_url=public_url).status_code == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [(None, "nothing was uploaded there"), (b"no image", "JPEG or PNG or WEBP or GIF is needed")],
)
def test_upload_that_is_not_an_image_is_rejected(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, data: bytes | None, message: str
) -> None:
    public_url = client.offer().json()["public_url"] if data is None else client.uploaded(data)

    response = client.create(image_url=public_url)

    assert (error(response), higgsfield.tasks) == ((400, f"image_url can not be read: {message}"), [])


def test_external_image_is_replaced_by_a_gradient(client: HiggsfieldClient) -> None:
    unreachable = "http://127.0.0.1:9/face.jpg"

    (shape, first), (_, other) = (_video(client, image_url=url) for url in (unreachable, FACE))

    assert shape == (64, 64, 5.375)
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    ("path", "fields", "shape"),
    [
        (TEXT_WITH_RATIO, {}, (114, 64, 5)),
        (TEXT_WITH_RATIO, {"aspect_ratio": "9:16", "duration": 10}, (64, 114, 10)),
        (TEXT_WITH_RATIO, {"aspect_ratio": "1:1"}, (64, 64, 5)),
        (_TURBO_TEXT, {"aspect_ratio": "9:16"}, (114, 64, 5)),
    ],
)
def test_video_from_text_has_the_requested_ratio_if_supported(
    client: HiggsfieldClient, path: str, fields: dict[str, Any], shape: tuple[int, int, float]
) -> None:
    seen, _ = _video(client, path=path, without=("image_url",), **fields)

    assert seen == shape


@pytest.mark.parametrize(
    ("path", "fields", "size"),
    [
        (DOP, {}, (720, 720)),
        (KLING, {}, (720, 720)),
        ("/kling-video/v2.5-turbo/pro/image-to-video", {}, (1080, 1080)),
        (TEXT_WITH_RATIO, {}, (1920, 1080)),
        ("/kling-video/v3.0/4k/text-to-video", {}, (3840, 2160)),
        ("/kling-video/o3/image-reference", {}, (1280, 720)),
        ("/kling-video/o3/image-reference", {"mode": "pro", "aspect_ratio": "1:1"}, (1080, 1080)),
        ("/bytedance/seedance-2.0/text-to-video", {"resolution": "480p", "aspect_ratio": "21:9"}, (1120, 480)),
        ("/alibaba/wan-3.0/text-to-video", {}, (1920, 1080)),
        ("/alibaba/wan-3.0/image-to-video", {"resolution": "720p"}, (720, 720)),
        ("/alibaba/wan-3.0/image-to-video", {"resolution": "720p", "aspect_ratio": "9:16"}, (720, 1280)),
        ("/kling-video/v2.6/pro/image-to-video", {"aspect_ratio": "9:16"}, (1080, 1080)),
        ("/minimax/h3/text-to-video", {"aspect_ratio": "4:3"}, (1920, 1440)),
    ],
)
def test_model_and_fields_determine_the_size(path: str, fields: dict[str, Any], size: tuple[int, int]) -> None:
    model = MODELS[path.strip("/")]
    body = {"prompt": "A calm sea", **{name: FACE for name in ("image_url",) if name in model.fields}, **fields}

    made = film(validate(model, body), short_side=None, uploads=Uploads("http://127.0.0.1:9"))

    assert made.size == (made.scene.width, made.scene.height) == size


def test_link_stays_the_same_until_it_expires(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    higgsfield.configure(link_ttl_seconds=60)
    id = client.accepted()

    shown, statuses = [], []
    for seconds in (59, 1):
        clock.now += seconds
        shown.append(client.status(id).json())
        statuses.append(_fetch(shown[0]["video"]["url"]).status_code)

    assert (statuses, shown[0]) == ([200, 404], shown[1])
    assert shown[0]["expires_at"] == "2027-01-15T08:01:00Z"


@pytest.mark.parametrize("status", [404, 410, 403])
def test_response_to_an_expired_link_can_be_set(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, clock: Clock, status: int
) -> None:
    higgsfield.configure(link_ttl_seconds=60, expired_link_status=status)
    link = client.link(client.accepted())

    clock.now += 60

    assert (_fetch(link).status_code, _fetch(f"{link}x").status_code) == (status, 403)


def _create_with_lifetime(client: HiggsfieldClient, value: str) -> requests.Response:
    body = {"prompt": "She smiles", "image_url": FACE}
    return client.request("POST", DOP, body=body, **{"Hf-Expires-After": value})


def test_caller_can_shorten_the_lifetime_of_the_file(client: HiggsfieldClient, clock: Clock) -> None:
    id = _create_with_lifetime(client, "3600").json()["request_id"]

    shown = client.status(id).json()
    clock.now += 3600

    assert shown["expires_at"] == "2027-01-15T09:00:00Z"
    assert _fetch(shown["video"]["url"]).status_code == 404


def test_short_lifetime_of_the_account_wins(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(link_ttl_seconds=60)

    id = _create_with_lifetime(client, "3600").json()["request_id"]

    assert client.status(id).json()["expires_at"] == "2027-01-15T08:01:00Z"


@pytest.mark.parametrize("value", ["3599", "604801", "an hour", "", "9" * 5000, "-1", "3600.5"])
def test_file_lifetime_out_of_range_is_rejected(client: HiggsfieldClient, value: str) -> None:
    response = _create_with_lifetime(client, value)

    assert error(response) == (422, "Hf-Expires-After must be from 3600 to 604800 seconds")
