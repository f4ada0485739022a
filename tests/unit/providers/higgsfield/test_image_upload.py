"""Image upload to Higgsfield, and the upload targets that are refused."""

import socket
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

import pytest
from urllib3.util import connection

from keepreel.errors import AccountProblem, Busy, ErrorCode, Failure, ProviderError, Refused
from keepreel.providers import http
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.samples import KEY
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import Misbehavior, ScriptedServer

JPEG = b"\xff\xd8\xff\xe0 a portrait"
PNG = b"\x89PNG\r\n\x1a\n a portrait"
PUBLIC_URL = "https://images.higgsfield.ai/canary/portrait.jpg"
UPLOAD_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The image could not be uploaded to Higgsfield. Try again later, or use an image with a public https URL. "
    "Nothing was charged.",
)


def upload_target(server: ScriptedServer, **changes: object) -> dict[str, Any]:
    """Return an upload target on the configured host, which is the scripted server."""
    target = {
        "upload_url": f"{server.base_url}/put/here?signature=canary",
        "public_url": PUBLIC_URL,
        "content_type": "image/jpeg",
        "upload_headers": {"Content-Type": "image/jpeg", "X-Upload-Tagging": "source=api"},
    }
    return {**target, **changes}


@pytest.mark.parametrize(("image", "content_type"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (b"?", "image/jpeg")])
def test_image_is_uploaded_to_the_offered_url_and_known_by_its_public_url(
    higgsfield_server: ScriptedServer, image: bytes, content_type: str
) -> None:
    higgsfield_server.respond(
        upload_target(higgsfield_server, upload_headers={"content-type": content_type, "X-A": "b"})
    )
    higgsfield_server.respond_raw(b"")

    url = adapter.upload_image(image)

    request, put = higgsfield_server.requests
    assert url == PUBLIC_URL
    assert (request.method, request.path, request.body) == (
        "POST", "/files/generate-upload-url", {"content_type": content_type},
    )  # fmt: skip
    assert (put.method, put.path, put.content) == ("PUT", "/put/here?signature=canary", image)
    assert {name.lower(): value for name, value in put.headers.items()}.items() >= {
        "content-type": content_type, "x-a": "b", "content-length": str(len(image)),
    }.items()  # fmt: skip


def test_image_is_uploaded_without_our_key(higgsfield_server: ScriptedServer) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"")

    adapter.upload_image(JPEG)

    request, put = higgsfield_server.requests
    assert request.headers["Authorization"] == f"Key {KEY}"
    assert "Authorization" not in put.headers
    assert KEY not in str(dict(put.headers))


@pytest.mark.parametrize("headers", [None, {}])
def test_upload_without_offered_headers_sends_the_content_type(
    higgsfield_server: ScriptedServer, headers: object
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server, upload_headers=headers))
    higgsfield_server.respond_raw(b"", http_status=204)

    adapter.upload_image(PNG)

    assert higgsfield_server.requests[1].headers["content-type"] == "image/png"


def test_large_image_arrives_complete(higgsfield_server: ScriptedServer) -> None:
    image = JPEG + bytes(range(256)) * 40_000
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"")

    adapter.upload_image(image)

    assert higgsfield_server.requests[1].content == image


def test_stalled_upload_is_abandoned(higgsfield_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    two_seconds_per_call = count(step=2)
    monkeypatch.setattr(http, "monotonic", lambda: next(two_seconds_per_call))
    higgsfield_server.respond(upload_target(higgsfield_server))

    with pytest.raises(Busy, match="no response from Higgsfield"):
        adapter.upload_image(JPEG + b"x" * 1_000_000)

    assert higgsfield_server.requests[0].path == "/files/generate-upload-url"  # the PUT may never complete


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/put",
        "https://127.0.0.1/put",
        "https://localhost/put",
        "https://metadata.google.internal/put",
        "http://images.higgsfield.ai/put",
        "https://user:password@images.higgsfield.ai/put",
        "https://images.higgsfield.ai:8443/put",
        "https://images.higgsfield.ai/pu t",
        "https://images.higgsfield.ai/put\r\nHost: x",
        "https://[broken/put",
        "file:///etc/passwd",
        "//images.higgsfield.ai/put",
        "https://images.higgsfield.ai/" + "a" * 2048,
        "",
        None,
        7,
        ["https://images.higgsfield.ai/put"],
    ],
)
@pytest.mark.parametrize("field", ["upload_url", "public_url"])
def test_private_upload_or_public_url_is_refused(
    higgsfield_server: ScriptedServer, log: CapturedLog, field: str, url: object
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server, **{field: url}))

    with pytest.raises(Refused, match="no usable upload target") as raised:
        adapter.upload_image(JPEG)

    assert raised.value.failure == UPLOAD_FAILED
    assert [it.method for it in higgsfield_server.requests] == ["POST"]
    assert "images.higgsfield.ai" not in str(raised.value) + str(log)


@pytest.mark.parametrize("suffix", ["", "@127.0.0.1/put", ".example.com/put", "0/put"])
def test_host_that_only_starts_like_the_configured_one_is_not_trusted(
    higgsfield_server: ScriptedServer, suffix: str
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server, upload_url=higgsfield_server.base_url + suffix))

    with pytest.raises(Refused, match="no usable upload target"):
        adapter.upload_image(JPEG)

    assert [it.method for it in higgsfield_server.requests] == ["POST"]


def test_overlong_url_is_refused_even_on_the_configured_host(higgsfield_server: ScriptedServer) -> None:
    too_long = f"{higgsfield_server.base_url}/{'a' * 2048}"
    higgsfield_server.respond(upload_target(higgsfield_server, public_url=too_long))

    with pytest.raises(Refused, match="too long"):
        adapter.upload_image(JPEG)

    assert [it.method for it in higgsfield_server.requests] == ["POST"]


Names = Callable[[str | None], list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Resolve uploads.example.com to these addresses; the returned list records the connections."""
    real_look_up, real_connect = socket.getaddrinfo, connection.create_connection

    def name(address: str | None) -> list[str]:
        connected: list[str] = []

        def look_up(host: str, *rest: Any, **options: Any) -> Any:
            if host != "uploads.example.com":
                return real_look_up(host, *rest, **options)
            if address is None:
                raise socket.gaierror("no such host")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

        def connect(to: tuple[str, int], *rest: Any, **options: Any) -> socket.socket:
            connected.append(to[0])
            if to[0] == "127.0.0.1":
                return real_connect(to, *rest, **options)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(connection, "create_connection", connect)
        return connected

    return name


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::a9fe:a9fe"])
def test_image_is_not_sent_to_a_public_name_with_a_private_address(
    higgsfield_server: ScriptedServer, names: Names, address: str
) -> None:
    connected = names(address)
    higgsfield_server.respond(upload_target(higgsfield_server, upload_url="https://uploads.example.com/put"))

    with pytest.raises(Refused, match="not public"):
        adapter.upload_image(JPEG)

    assert connected == ["127.0.0.1"]


def test_image_is_sent_to_another_public_host(higgsfield_server: ScriptedServer, names: Names) -> None:
    connected = names("93.184.215.14")
    higgsfield_server.respond(upload_target(higgsfield_server, upload_url="https://uploads.example.com/put"))

    with pytest.raises(Busy, match="no connection to Higgsfield"):
        adapter.upload_image(JPEG)

    assert connected == ["127.0.0.1", "uploads.example.com"]


def test_host_without_an_address_is_busy(higgsfield_server: ScriptedServer, names: Names) -> None:
    connected = names(None)
    higgsfield_server.respond(upload_target(higgsfield_server, upload_url="https://uploads.example.com/put"))

    with pytest.raises(Busy, match="no address"):
        adapter.upload_image(JPEG)

    assert connected == ["127.0.0.1"]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        "Content-Type: image/jpeg",
        7,
        {"X-A": None},
        {"X-A": 7},
        {"X-A": ["b"]},
        {"X-A": "b\r\nX-C: d"},
        {"X-A": "b\n"},
        {"X-A": "…"},
        {"X-A\r\nX-C": "d"},
        {"X A": "b"},
        {"X-A:": "b"},
        {"": "b"},
        {"Ünschön": "b"},
        {"Authorization": "Key somebody:else"},
        {"COOKIE": "a=b"},
        {"Host": "169.254.169.254"},
        {"Connection": "keep-alive"},
        {"Content-Length": "1"},
        {"Expect": "100-continue"},
        {"Keep-Alive": "timeout=5"},
        {"Proxy-Authenticate": "Basic"},
        {"Proxy-Authorization": "Basic canary"},
        {"Proxy-Connection": "close"},
        {"TE": "trailers"},
        {"Trailer": "X-A"},
        {"transfer-encoding": "chunked"},
        {"Upgrade": "websocket"},
    ],
)
def test_forbidden_upload_headers_are_refused(higgsfield_server: ScriptedServer, headers: object) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server, upload_headers=headers))

    with pytest.raises(Refused, match="no usable upload target") as raised:
        adapter.upload_image(JPEG)

    assert raised.value.failure == UPLOAD_FAILED
    assert [it.method for it in higgsfield_server.requests] == ["POST"]


@pytest.mark.parametrize(
    ("http_status", "body", "expected"),
    [
        (200, [], Refused),
        (200, {}, Refused),
        (400, {"detail": "Unsupported content type"}, Refused),
        (404, {"detail": "Not Found"}, Refused),
        (422, {"detail": [{"loc": ["body", "content_type"], "msg": "Unsupported"}]}, Refused),
        (403, {"detail": "Not enough credits"}, AccountProblem),
        (400, {"detail": "Maximum number of concurrent requests (4) has been reached"}, Busy),
        (423, {"detail": "Blocked"}, Busy),
        (429, {"detail": "Too many requests"}, Busy),
        (500, {"detail": "Internal Server Error"}, Busy),
        (503, {"detail": "Unavailable"}, Busy),
        (404, ["not Higgsfield's own"], Busy),
        (302, {}, Busy),
    ],
)
def test_failed_request_for_an_upload_url_is_never_an_unknown_outcome(
    higgsfield_server: ScriptedServer, http_status: int, body: object, expected: type[ProviderError]
) -> None:
    higgsfield_server.respond(body, http_status=http_status)

    with pytest.raises(ProviderError) as raised:
        adapter.upload_image(JPEG)

    assert type(raised.value) is expected
    assert len(higgsfield_server.requests) == 1


@pytest.mark.parametrize(
    ("http_status", "expected"),
    [(302, Busy), (400, Refused), (403, Refused), (408, Busy), (413, Refused), (425, Busy), (429, Busy), (503, Busy)],
)
def test_rejected_upload_fails_with_our_own_message(
    higgsfield_server: ScriptedServer, log: CapturedLog, http_status: int, expected: type[ProviderError]
) -> None:
    higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.respond_raw(b"<Error/>", http_status=http_status, Location=f"{higgsfield_server.base_url}/next")

    with pytest.raises(ProviderError, match=f"HTTP {http_status}") as raised:
        adapter.upload_image(JPEG)

    assert type(raised.value) is expected
    assert [it.path for it in higgsfield_server.requests][1:] == ["/put/here?signature=canary"]
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def floods(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:  # until the client disconnects
        handler.wfile.write(b" " * 65_536)


@pytest.mark.parametrize("misbehavior", [drops, floods])
@pytest.mark.parametrize("is_offered", [False, True])
def test_lost_response_to_an_upload_is_only_busy(
    higgsfield_server: ScriptedServer, log: CapturedLog, misbehavior: Misbehavior, *, is_offered: bool
) -> None:
    if is_offered:
        higgsfield_server.respond(upload_target(higgsfield_server))
    higgsfield_server.misbehave(misbehavior)

    with pytest.raises(Busy) as raised:
        adapter.upload_image(JPEG)

    assert len(higgsfield_server.requests) == 1 + is_offered
    assert "canary" not in "".join(traceback.format_exception(raised.value)) + str(log)
