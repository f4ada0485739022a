"""Any garbage gets an answer in Kling's envelope: no traceback, no closed connection, no code 5000."""

import json
import random
import socket
from typing import Any

import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import API_KEY, KlingClient

PATHS = [
    "/tasks",
    "/text-to-video/kling-3.0",
    "/image-to-video/kling-2.6",
    "/omni-video/kling-3.0-omni",
    "/motion-control/kling-3.0",
    "/v1/videos/text2video",
    "/v1/videos/image2video",
    "/v1/videos/omni-video",
    "/v1/videos/motion-control",
    "/account/billing/balance",
    "/account/costs",
    "/",
    "/v1/nothing",
]
METHODS = ["PATCH", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW", "GET", "POST"]
KEYS = [
    "prompt",
    "settings",
    "contents",
    "options",
    "model_name",
    "duration",
    "resolution",
    "aspect_ratio",
    "audio",
    "multi_shot",
    "multi_prompt",
    "shot_type",
    "type",
    "url",
    "image",
    "image_tail",
    "image_list",
    "video_list",
    "element_list",
    "callback_url",
    "external_task_id",
    "watermark_info",
    "enabled",
    "cfg_scale",
    "filters",
    "key",
    "values",
    "cursor",
    "limit",
    "start_time",
]
WORDS = [
    "kling-v3",
    "kling-v3-omni",
    "kling-v2-6",
    "prompt",
    "first_frame",
    "refer_image",
    "native",
    "customize",
    "5",
    "1080p",
    "status",
    "\ud800",
    "\x00",
    "ü" * 3000,
    "data:image/png;base64,AAAA",
    "http://[",
    "https://\ud800",
    "",
    "shot 1, 99999, x",
]
NUMBERS = [0, -1, 5, 5.0, 1e308, 10**400, float("nan"), float("inf"), True, False, None]


def garbage(source: random.Random, depth: int = 0) -> Any:
    kind = source.random()
    if depth < 4 and kind < 0.5:
        return {source.choice(KEYS): garbage(source, depth + 1) for _ in range(source.randrange(6))}
    if depth < 4 and kind < 0.65:
        return [garbage(source, depth + 1) for _ in range(source.randrange(4))]
    return source.choice(WORDS) if kind < 0.85 else source.choice(NUMBERS)


def assert_envelope(response: requests.Response) -> None:
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body.keys() >= {"code", "message", "request_id"}
    assert body["code"] != 5000, body
    assert response.status_code < 500


@pytest.mark.parametrize("seed", range(20))
def test_random_bodies_are_answered(client: KlingClient, seed: int) -> None:
    source = random.Random(seed)
    with requests.Session() as session:
        for _ in range(15):
            body = json.dumps(garbage(source))
            url = client.base_url + source.choice(PATHS)

            response = session.post(url, data=body.encode(), headers=client.headers, timeout=60)

            assert_envelope(response)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' * 20_000, b"nul", b'{"limit": 1' + b"0" * 5000 + b"}", b"NaN"],
    ids=lambda it: str(it[:12]),
)
@pytest.mark.parametrize("path", ["/tasks", "/text-to-video/kling-3.0", "/v1/videos/image2video"])
def test_body_that_is_no_json_object_is_refused(client: KlingClient, path: str, body: bytes) -> None:
    response = requests.post(client.base_url + path, data=body, headers=client.headers, timeout=60)

    assert_envelope(response)
    assert response.status_code == 400


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_every_method_is_answered_in_json(client: KlingClient, method: str, path: str) -> None:
    response = requests.request(method, client.base_url + path, headers=client.headers, timeout=60)

    assert_envelope(response)


def test_head_has_headers_only(client: KlingClient) -> None:
    response = requests.head(client.base_url + "/tasks", headers=client.headers, timeout=60)

    assert (response.status_code, response.headers["content-type"]) == (404, "application/json")
    assert response.content == b""


@pytest.mark.parametrize("target", ["//[", "/tasks?task_ids=%ff%00", "/%2e%2e/", "/v1/videos/text2video/%20", "*"])
def test_strange_targets_are_answered(kling: KlingSimulator, target: str) -> None:
    head, body = raw(kling, f"GET {target} HTTP/1.1", f"Authorization: Bearer {API_KEY}")

    assert b" 404 " in head.splitlines()[0] or b" 400 " in head.splitlines()[0] or b" 200 " in head.splitlines()[0]
    assert json.loads(body)["code"] in (0, 1201, 1203)


@pytest.mark.parametrize("header", ["Content-Length: -1", "Content-Length: x", "Transfer-Encoding: chunked"])
def test_body_of_unknown_length_is_answered(kling: KlingSimulator, header: str) -> None:
    _, body = raw(kling, "POST /tasks HTTP/1.1", f"Authorization: Bearer {API_KEY}", header)

    assert json.loads(body)["code"] == 1200


def test_request_line_that_is_not_http_is_answered_in_json(kling: KlingSimulator) -> None:
    head, body = raw(kling, "GET / HTTP/9.9")

    assert json.loads(body or head).keys() == {"error"}  # before HTTP/1.0 there were no headers


def raw(kling: KlingSimulator, *lines: str) -> tuple[bytes, bytes]:
    """Send these lines as they are, and return the head and the body of the response."""
    address = ("127.0.0.1", int(kling.base_url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    return head, body
