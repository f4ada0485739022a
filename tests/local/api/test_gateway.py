"""The HTTP gateway converts requests, responses and errors like API Gateway (payload format 2.0)."""

import http.client
import time

import pytest
import requests

from local.api import routes
from local.http_server import Server
from tests.local import handlers
from tests.local.api.conftest import gateway


def test_request_is_converted_to_an_event(url: str) -> None:
    response = requests.post(
        f"{url}/echo?a=1&b=x%20y&a=2&empty=",
        data='{"ü": 1}'.encode(),
        headers={"Content-Type": "application/json", "X-Mine": "Yes", "Cookie": "a=1; b=2", "User-Agent": "me"},
        timeout=60,
    )
    event = response.json()
    context = event.pop("requestContext")
    sent = event.pop("headers")

    assert event == {
        "version": "2.0",
        "routeKey": "POST /echo",
        "rawPath": "/echo",
        "rawQueryString": "a=1&b=x%20y&a=2&empty=",
        "cookies": ["a=1", "b=2"],
        "queryStringParameters": {"a": "1,2", "b": "x y", "empty": ""},
        "body": '{"ü": 1}',
        "isBase64Encoded": False,
    }
    assert (sent["x-mine"], sent["content-type"], "cookie" in sent) == ("Yes", "application/json", False)
    assert context.pop("requestId")
    assert context.pop("time").endswith("+0000")
    assert abs(context.pop("timeEpoch") / 1000 - time.time()) < 60
    assert context == {
        "accountId": "123456789012",
        "apiId": "api",
        "domainName": url.removeprefix("http://"),
        "domainPrefix": "127",
        "http": {"method": "POST", "path": "/echo", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "me"},
        "routeKey": "POST /echo",
        "stage": "$default",
    }


@pytest.mark.parametrize("content_type", ["image/png", "multipart/form-data; boundary=x", "application/json"])
def test_binary_body_is_base64_encoded(content_type: str, url: str) -> None:
    response = requests.post(f"{url}/echo", data=b"\xff\x00\xfe", headers={"Content-Type": content_type}, timeout=60)

    assert (response.json()["body"], response.json()["isBase64Encoded"]) == ("/wD+", True)


def test_chunked_body_arrives_complete(url: str) -> None:
    headers = {"Content-Type": "text/plain"}

    response = requests.post(f"{url}/echo", data=iter([b"one ", b"two"]), headers=headers, timeout=60)

    assert response.json()["body"] == "one two"


@pytest.mark.parametrize(
    ("method", "path", "route", "parameters"),
    [
        ("GET", "/things/7", "GET /things/{id}", {"id": "7"}),
        ("GET", "/things/a%2Fb%20c", "GET /things/{id}", {"id": "a/b c"}),
        ("GET", "/things/special", "GET /things/special", None),
        ("GET", "/things/7/part", "GET /things/{id}/part", {"id": "7"}),
        ("GET", "/things/7/part/3", "ANY /things/{proxy+}", {"proxy": "7/part/3"}),
        ("DELETE", "/things/7", "ANY /things/{proxy+}", {"proxy": "7"}),
    ],
)
def test_most_specific_route_wins(
    method: str, path: str, route: str, parameters: dict[str, str] | None, url: str
) -> None:
    event = requests.request(method, url + path, timeout=60).json()

    assert (event["routeKey"], event.get("pathParameters")) == (route, parameters)


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/echo"), ("GET", "/"), ("GET", "/tea/")])
def test_unknown_path_and_wrong_method_return_404(method: str, path: str, url: str) -> None:
    response = requests.request(method, url + path, timeout=60)

    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})


def test_status_headers_cookies_and_body_of_a_function_are_returned(url: str) -> None:
    response = requests.post(f"{url}/tea", data=b"\x00\x01", headers={"Content-Type": "image/png"}, timeout=60)

    assert (response.status_code, response.headers["x-kind"], response.content) == (418, "teapot", b"\x00\x01")
    assert response.raw.headers.getlist("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("path", ["/crash", "/nonsense"])
def test_failed_function_returns_500_without_details(path: str, url: str) -> None:
    response = requests.get(url + path, timeout=60)

    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})


def test_slow_function_returns_503_and_the_gateway_keeps_working(api: routes.Api, jwks_url: str) -> None:
    impatient = gateway(api, jwks_url=jwks_url, timeout_seconds=0)
    with Server(impatient) as server:
        late = requests.get(f"{server.url}/hang", timeout=60)
        impatient._timeout_seconds = 30
        other = requests.get(f"{server.url}/things/7", timeout=60)
        handlers.release.set()

    assert (late.status_code, late.json(), other.status_code) == (503, {"message": "Service Unavailable"}, 200)


def test_body_over_10_mb_returns_413_before_it_is_read(url: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", "/echo")
    connection.putheader("Content-Length", str(10 * 1024 * 1024 + 1))
    connection.endheaders()

    status = connection.getresponse().status
    connection.close()

    assert status == 413


def test_event_over_6_mb_returns_413(url: str) -> None:
    response = requests.post(f"{url}/echo", data=b"\xff" * 5_000_000, headers={"Content-Type": "image/png"}, timeout=60)

    assert response.status_code == 413


def test_route_is_throttled_after_its_burst(url: str) -> None:
    assert [requests.get(f"{url}/rare", timeout=60).status_code for _ in range(3)] == [200, 200, 429]


def test_gateway_answers_preflight_requests(url: str) -> None:
    headers = {"Origin": "https://page.example", "Access-Control-Request-Method": "GET"}

    response = requests.options(f"{url}/closed", headers=headers, timeout=60)

    assert response.status_code == 204
    assert cors(response) == {
        "access-control-allow-origin": "https://page.example",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization",
        "access-control-expose-headers": "etag",
        "access-control-max-age": "600",
    }


@pytest.mark.parametrize("origin", ["https://evil.example", "https://page.example.evil.example", "null"])
def test_other_origins_get_no_cors_headers(origin: str, url: str) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "GET"}

    responses = [
        requests.options(f"{url}/closed", headers=preflight, timeout=60),
        requests.post(f"{url}/tea", headers={"Origin": origin}, timeout=60),
    ]

    assert [cors(it) for it in responses] == [{}, {}]


def test_gateway_replaces_cors_headers_of_a_function(url: str) -> None:
    response = requests.post(f"{url}/tea", headers={"Origin": "https://page.example"}, timeout=60)

    assert response.headers["access-control-allow-origin"] == "https://page.example"


def test_media_files_need_no_token(url: str) -> None:
    assert requests.get(f"{url}/media/x/video.mp4", timeout=60).text == "file /media/x/video.mp4"


def cors(response: requests.Response) -> dict[str, str]:
    return {
        name.lower(): value for name, value in response.headers.items() if name.lower().startswith("access-control")
    }
