"""Garbage gets a JSON error in the vendor's format from the Higgsfield simulator, never a closed connection."""

import http.client
import json
import random
from typing import Any

import pytest
import requests

from local.simulators.higgsfield.models import MODELS
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.higgsfield.higgsfield_client import DOP, FACE, HiggsfieldClient, simulator

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
_PATHS = ["/", DOP, "/estimate", f"/estimate{DOP}", "/requests", "/requests/1", "/requests/1/status", "/requests/%00"]
_PATHS += ["/requests/1/cancel", "/files/generate-upload-url", "/storage/x.jpg", "/storage/", "/results/x.mp4", "/%ff"]
_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000, "0x1", "01", "-0", "1e400", "9" * 400]
_VALUES: list[Any] = [None, True, 0, -1, 1e308, 10**400, 0.1, "", "x" * 10_000, "\ud800", "\x00", "data:,", "http://["]
_VALUES += [
    "https://\ud800",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"a": {"b": []}},
    [{"id": []}],
    [{"prompt": 1, "duration": {}}],
]


def _assert_json(response: requests.Response) -> None:
    assert response.status_code < 500, response.text
    assert "x-correlation-id" in response.headers
    if response.request.method != "HEAD" and response.content:
        json.loads(response.content, parse_constant=_reject)


def _reject(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize("path", [path for path in _PATHS if not path.startswith("/results")])
def test_every_method_and_path_gets_a_json_response(client: HiggsfieldClient, method: str, path: str) -> None:
    response = client.request(method, path, body={"prompt": "A calm sea", "image_url": FACE})

    _assert_json(response)
    if response.status_code >= 400 and method != "HEAD":
        assert response.json().keys() == {"detail"}


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "PUT", "BREW"])
@pytest.mark.parametrize("path", [DOP, "/requests/1/status", "/files/generate-upload-url"])
def test_unknown_method_is_not_allowed(client: HiggsfieldClient, method: str, path: str) -> None:
    response = client.request(method, path)

    assert (response.status_code, response.json()) == (405, {"detail": "Method Not Allowed"})


@pytest.mark.parametrize("number", _NUMBERS)
@pytest.mark.parametrize("field", ["seed", "unknown"])
def test_unusual_number_is_valid_json_or_rejected(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, number: str, field: str
) -> None:
    body = f'{{"prompt": "A calm sea", "image_url": "{FACE}", "{field}": {number}}}'

    response = requests.post(client.base_url + DOP, data=body, headers=client.headers, timeout=60)

    _assert_json(response)
    assert (response.status_code == 422) == (field == "seed" or number in _rejected_everywhere())
    assert len(higgsfield.tasks) == (response.status_code == 200)


def _rejected_everywhere() -> set[str]:
    return set(_NUMBERS) - {"-0", "9" * 400}


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"\x00", b"[" * 100_000, b'{"a":' * 100_000, b"null", b"7", b'"text"', b"{}{}", b"{'a': 1}"],
    ids=lambda body: repr(body[:9]),
)
@pytest.mark.parametrize("path", [DOP, f"/estimate{DOP}", "/files/generate-upload-url"])
def test_body_that_is_not_an_object_is_rejected(client: HiggsfieldClient, path: str, body: bytes) -> None:
    response = requests.post(client.base_url + path, data=body, headers=client.headers, timeout=60)

    _assert_json(response)
    assert (response.status_code, isinstance(response.json()["detail"], list)) == (422, True)


@pytest.mark.parametrize("seed", range(20))
def test_random_bodies_get_a_json_response(client: HiggsfieldClient, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        path, model = chance.choice(list(MODELS.items()))
        names = [*model.fields, "unknown", ""]
        body = {name: chance.choice(_VALUES) for name in chance.sample(names, chance.randint(0, len(names)))}
        if chance.random() < 0.5:
            body |= {"prompt": "A calm sea", "image_url": FACE}

        _assert_json(client.request("POST", chance.choice([f"/{path}", f"/estimate/{path}"]), body=body))


@pytest.mark.parametrize("length", ["many", "-1", "1" * 5000, "1.5", ""])
def test_bad_content_length_gets_a_json_response(higgsfield: HiggsfieldSimulator, length: str) -> None:
    connection = http.client.HTTPConnection(higgsfield.base_url.removeprefix("http://"), timeout=60)
    connection.putrequest("PATCH", DOP)
    connection.putheader("Content-Length", length)
    connection.endheaders()

    response = connection.getresponse()

    assert (response.status, json.loads(response.read())) == (405, {"detail": "Method Not Allowed"})
    connection.close()


@pytest.mark.parametrize("target", ["http://[/", "/?hf_webhook=%ff&hf_webhook", "/" + "a" * 60_000])
def test_bad_request_target_gets_a_json_response(higgsfield: HiggsfieldSimulator, target: str) -> None:
    connection = http.client.HTTPConnection(higgsfield.base_url.removeprefix("http://"), timeout=60)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", "127.0.0.1")
    connection.endheaders()

    response = connection.getresponse()

    assert (response.status in (404, 405), json.loads(response.read()).keys()) == (True, {"detail"})
    connection.close()


def test_error_of_the_simulator_itself_is_the_vendors_500(capfd: pytest.CaptureFixture[str]) -> None:
    def broken_clock() -> float:
        raise ArithmeticError("this clock is broken")

    with simulator(clock=broken_clock) as higgsfield:
        response = HiggsfieldClient(higgsfield).create()

    assert (response.status_code, response.json()) == (500, {"detail": "Internal Server Error"})
    assert "x-correlation-id" in response.headers
    assert "this clock is broken" in capfd.readouterr().err
