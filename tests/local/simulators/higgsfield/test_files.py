"""What is uploaded to the Higgsfield simulator is what it films, and what it films can be fetched until it dies."""

import io
import re
from typing import Any

import av
import pytest
import requests
from PIL import Image

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import DOP, FACE, KEY, KLING, HiggsfieldCaller, image, refused

_MASTER_TEXT = "/kling-video/v2.1/master/text-to-video"
_TURBO_TEXT = "/kling-video/v2.5-turbo/pro/text-to-video"


@pytest.fixture(autouse=True)
def made_at_once(higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(finish_seconds=0)


def _fetch(url: str) -> requests.Response:
    return requests.get(url, timeout=10)


def _put(offer: dict[str, Any], *, data: bytes = b"a file", headers: dict[str, str] | None = None) -> requests.Response:
    sent = offer["upload_headers"] if headers is None else headers
    return requests.put(offer["upload_url"], data=data, headers=sent, timeout=10)


def _film(client: HiggsfieldCaller, **wishes: Any) -> tuple[tuple[int, int, int], Image.Image]:
    """Width, height and seconds of the video, and its first frame."""
    film = _fetch(client.link(client.accepted(**wishes))).content
    with av.open(io.BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        shape = (stream.width, stream.height, round((container.duration or 0) / av.time_base))
        first: Image.Image = next(container.decode(video=0)).to_image()  # type: ignore[no-untyped-call]  # PyAV
    return shape, first


# Uploads


@pytest.mark.parametrize(
    ("content_type", "ending"),
    [
        ("image/jpeg", "jpg"),
        ("image/jpg", "jpg"),
        ("image/png", "png"),
        ("image/webp", "webp"),
        ("image/gif", "gif"),
        ("audio/wav", "wav"),
        ("audio/x-wav", "wav"),
        ("video/mp4", "mp4"),
    ],
)
def test_an_upload_is_offered_for_each_documented_type(
    client: HiggsfieldCaller, content_type: str, ending: str
) -> None:
    offer = client.offer(content_type).json()

    public_url = offer["public_url"]
    assert re.fullmatch(rf"{client.base_url}/storage/[0-9a-f-]{{36}}\.{ending}", public_url)
    assert re.fullmatch(rf"{re.escape(public_url)}\?signature=[0-9a-f]{{64}}", offer["upload_url"])
    assert offer == {
        "public_url": public_url,
        "upload_url": offer["upload_url"],
        "content_type": content_type,
        "upload_headers": {"Content-Type": content_type, "x-upload-tagging": "source=api"},
    }


@pytest.mark.parametrize("content_type", ["image/tiff", "", None, ["image/png"]])
def test_another_type_is_refused(client: HiggsfieldCaller, content_type: object) -> None:
    answer = client.offer(content_type)

    [problem] = answer.json()["detail"]
    assert (answer.status_code, problem["loc"], problem["type"]) == (422, ["body", "content_type"], "literal_error")


def test_what_was_put_is_what_the_public_url_gives(client: HiggsfieldCaller) -> None:
    offer = client.offer("image/png").json()
    before = _fetch(offer["public_url"]).status_code

    put = _put(offer)
    answer = _fetch(offer["public_url"])

    assert (before, put.status_code, put.content) == (404, 200, b"")
    assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "image/png", b"a file")


@pytest.mark.parametrize(
    "credentials",
    [{"Authorization": f"Key {KEY}"}, {"hf-api-key": "a-key-id"}, {"hf-secret": "a-secret"}],
)
def test_a_put_with_credentials_is_refused(client: HiggsfieldCaller, credentials: dict[str, str]) -> None:
    offer = client.offer().json()

    put = _put(offer, headers={**offer["upload_headers"], **credentials})

    assert refused(put) == (400, "Only one auth mechanism allowed")
    assert _fetch(offer["public_url"]).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "image/jpeg"},
        {"x-upload-tagging": "source=api"},
        {"Content-Type": "image/png", "x-upload-tagging": "source=api"},
    ],
)
def test_a_put_needs_every_header_as_it_was_given(client: HiggsfieldCaller, headers: dict[str, str]) -> None:
    offer = client.offer().json()

    put = _put(offer, headers=headers)

    assert (put.status_code, _fetch(offer["public_url"]).status_code) == (403, 404)


def test_a_forged_upload_url_is_refused(client: HiggsfieldCaller) -> None:
    offer, other = client.offer().json(), client.offer().json()
    signature = other["upload_url"].partition("?")[2]
    forged = [offer["public_url"], f"{offer['public_url']}?{signature}", f"{client.base_url}/storage/x.jpg?{signature}"]

    answers = [_put({**offer, "upload_url": url}) for url in forged]

    assert [refused(answer) for answer in answers] == [(403, "Signature does not match")] * 3


def test_an_upload_url_lives_for_an_hour(client: HiggsfieldCaller, clock: Clock) -> None:
    offer = client.offer().json()

    statuses = []
    for seconds in (3599, 1):
        clock.now += seconds
        statuses.append(_put(offer).status_code)

    assert (statuses, _fetch(offer["public_url"]).status_code) == ([200, 403], 200)


# What is filmed


@pytest.mark.parametrize(
    ("path", "wishes", "size", "shape"),
    [
        (DOP, {}, (640, 360), (114, 64, 5)),
        (DOP, {"duration": 10}, (300, 600), (64, 128, 5)),
        (KLING, {"duration": 10, "aspect_ratio": "16:9"}, (320, 320), (64, 64, 10)),
    ],
    ids=["five seconds in the image's shape", "DoP knows no duration", "Kling knows no ratio for an image"],
)
def test_an_uploaded_image_is_filmed(
    client: HiggsfieldCaller,
    path: str,
    wishes: dict[str, Any],
    size: tuple[int, int],
    shape: tuple[int, int, int],
) -> None:
    public_url = client.uploaded(image(*size, colour="#c83c1e"))

    seen, first = _film(client, path=path, image_url=public_url, **wishes)

    assert seen == shape
    assert first.resize((1, 1)).getpixel((0, 0)) == pytest.approx((200, 60, 30), abs=6)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF"])
def test_an_image_may_be_of_any_documented_format(client: HiggsfieldCaller, format: str) -> None:
    public_url = client.uploaded(image(64, 64, format=format), content_type=f"image/{format.lower()}")

    assert client.create(image_url=public_url).status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [(None, "nothing was uploaded there"), (b"no image", "JPEG or PNG or WEBP or GIF is needed")],
)
def test_an_upload_that_is_no_image_is_refused(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, data: bytes | None, words: str
) -> None:
    public_url = client.offer().json()["public_url"] if data is None else client.uploaded(data)

    answer = client.create(image_url=public_url)

    assert (refused(answer), higgsfield.tasks) == ((400, f"image_url can not be read: {words}"), [])


def test_an_image_elsewhere_is_painted_and_never_fetched(client: HiggsfieldCaller) -> None:
    nobody_listens_there = "http://127.0.0.1:9/face.jpg"

    (shape, first), (_, other) = (_film(client, image_url=url) for url in (nobody_listens_there, FACE))

    assert shape == (64, 64, 5)
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    ("path", "wishes", "shape"),
    [
        (_MASTER_TEXT, {}, (64, 64, 5)),
        (_MASTER_TEXT, {"aspect_ratio": "9:16", "duration": 10}, (64, 114, 10)),
        (_MASTER_TEXT, {"aspect_ratio": "16:9"}, (114, 64, 5)),
        (_TURBO_TEXT, {"aspect_ratio": "9:16"}, (114, 64, 5)),
    ],
)
def test_a_video_from_text_has_the_ratio_asked_for_where_there_is_one(
    client: HiggsfieldCaller, path: str, wishes: dict[str, Any], shape: tuple[int, int, int]
) -> None:
    seen, _ = _film(client, path=path, without=("image_url",), **wishes)

    assert seen == shape


@pytest.mark.parametrize(("path", "short_side"), [(DOP, 720), (KLING, 720), (_MASTER_TEXT, 1080)])
def test_a_model_has_a_resolution_of_its_own(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, path: str, short_side: int
) -> None:
    higgsfield.configure(video_short_side=None)

    shape, _ = _film(client, path=path)

    assert shape == (short_side, short_side, 5)


# How long


def test_a_link_stays_the_same_and_dies_while_the_status_stays(
    client: HiggsfieldCaller, higgsfield: HiggsfieldSimulator, clock: Clock
) -> None:
    higgsfield.configure(link_ttl_seconds=60)
    id = client.accepted()

    told, statuses = [], []
    for seconds in (59, 1):
        clock.now += seconds
        told.append(client.status(id).json())
        statuses.append(_fetch(told[0]["video"]["url"]).status_code)

    assert (statuses, told[0]) == ([200, 403], told[1])
    assert told[0]["expires_at"] == "2027-01-15T08:01:00Z"


def _with_life(client: HiggsfieldCaller, value: str) -> requests.Response:
    body = {"prompt": "She smiles", "image_url": FACE}
    return client.request("POST", DOP, body=body, **{"Hf-Expires-After": value})


def test_a_shorter_life_may_be_asked_for(client: HiggsfieldCaller, clock: Clock) -> None:
    id = _with_life(client, "3600").json()["request_id"]

    told = client.status(id).json()
    clock.now += 3600

    assert told["expires_at"] == "2027-01-15T09:00:00Z"
    assert _fetch(told["video"]["url"]).status_code == 403


@pytest.mark.parametrize("value", ["3599", "604801", "an hour", ""])
def test_a_life_out_of_range_is_refused(client: HiggsfieldCaller, value: str) -> None:
    answer = _with_life(client, value)

    assert refused(answer) == (422, "Hf-Expires-After must be from 3600 to 604800 seconds")
