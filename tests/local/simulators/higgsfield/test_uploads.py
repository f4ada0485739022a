"""The upload storage of the Higgsfield simulator."""

import re
from typing import Any

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import KEY, HiggsfieldClient, error


@pytest.fixture(autouse=True)
def finish_at_once(higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(finish_seconds=0)


def _fetch(url: str) -> requests.Response:
    return requests.get(url, timeout=60)


def _put(offer: dict[str, Any], *, data: bytes = b"a file", headers: dict[str, str] | None = None) -> requests.Response:
    sent = offer["upload_headers"] if headers is None else headers
    return requests.put(offer["upload_url"], data=data, headers=sent, timeout=60)


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
def test_every_documented_content_type_gets_an_upload_url(
    client: HiggsfieldClient, content_type: str, ending: str
) -> None:
    offer = client.offer(content_type).json()

    public_url = offer["public_url"]
    assert re.fullmatch(rf"{client.base_url}/storage/[0-9a-f-]{{36}}\.{ending}", public_url)
    assert re.fullmatch(rf"{re.escape(public_url)}\?signature=[0-9a-f]{{64}}", offer["upload_url"])
    assert offer == {
        "public_url": public_url,
        "upload_url": offer["upload_url"],
        "content_type": content_type,
        "upload_headers": {"Content-Type": content_type, "x-amz-tagging": "retention=temporary"},
    }


@pytest.mark.parametrize("content_type", ["image/tiff", "", None, ["image/png"]])
def test_other_content_type_is_rejected(client: HiggsfieldClient, content_type: object) -> None:
    response = client.offer(content_type)

    [problem] = response.json()["detail"]
    assert (response.status_code, problem["loc"], problem["type"]) == (422, ["body", "content_type"], "literal_error")


def test_public_url_returns_the_uploaded_file(client: HiggsfieldClient) -> None:
    offer = client.offer("image/png").json()
    before = _fetch(offer["public_url"]).status_code

    put = _put(offer)
    response = _fetch(offer["public_url"])

    assert (before, put.status_code, put.content) == (404, 200, b"")
    assert (response.status_code, response.headers["Content-Type"], response.content) == (200, "image/png", b"a file")


@pytest.mark.parametrize(
    "credentials",
    [{"Authorization": f"Key {KEY}"}, {"hf-api-key": "a-key-id"}, {"hf-secret": "a-secret"}],
)
def test_upload_with_api_credentials_is_rejected(client: HiggsfieldClient, credentials: dict[str, str]) -> None:
    offer = client.offer().json()

    put = _put(offer, headers={**offer["upload_headers"], **credentials})

    assert error(put) == (400, "Only one auth mechanism allowed")
    assert _fetch(offer["public_url"]).status_code == 404


_TYPE, _TAG = {"Content-Type": "image/jpeg"}, {"x-amz-tagging": "retention=temporary"}


@pytest.mark.parametrize("headers", [_TYPE, {**_TYPE, **_TAG}])
def test_content_type_alone_is_enough_for_an_upload(client: HiggsfieldClient, headers: dict[str, str]) -> None:
    offer = client.offer().json()

    put = _put(offer, headers=headers)

    assert (put.status_code, _fetch(offer["public_url"]).status_code) == (200, 200)


@pytest.mark.parametrize(
    ("needs", "headers"),
    [
        ("content type", {}),
        ("content type", _TAG),
        ("content type", {**_TAG, "Content-Type": "image/png"}),
        ("all headers", _TYPE),
        ("all headers", _TAG),
        ("all headers", {**_TYPE, "x-amz-tagging": "retention=forever"}),
    ],
)
def test_upload_without_the_needed_headers_is_rejected(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, needs: str, headers: dict[str, str]
) -> None:
    higgsfield.configure(upload_needs=needs)
    offer = client.offer().json()

    put = _put(offer, headers=headers)

    assert (put.status_code, _fetch(offer["public_url"]).status_code) == (403, 404)


def test_forged_upload_url_is_rejected(client: HiggsfieldClient) -> None:
    offer, other = client.offer().json(), client.offer().json()
    signature = other["upload_url"].partition("?")[2]
    forged = [offer["public_url"], f"{offer['public_url']}?{signature}", f"{client.base_url}/storage/x.jpg?{signature}"]

    responses = [_put({**offer, "upload_url": url}) for url in forged]

    assert [error(response) for response in responses] == [(403, "Signature does not match")] * 3


def test_upload_url_expires_after_an_hour(client: HiggsfieldClient, clock: Clock) -> None:
    offer = client.offer().json()

    statuses = []
    for seconds in (3599, 1):
        clock.now += seconds
        statuses.append(_put(offer).status_code)

    assert (statuses, _fetch(offer["public_url"]).status_code) == ([200, 403], 200)
