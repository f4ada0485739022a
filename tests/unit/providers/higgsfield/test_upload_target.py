"""Upload targets offered by Higgsfield: which hosts, URLs and headers are refused."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from urllib3.util import connection

from keepreel.errors import Busy, Refused
from keepreel.providers.higgsfield import adapter
from tests.unit.providers.higgsfield.upload_samples import JPEG, UPLOAD_FAILED, upload_target
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer


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
        "https://images.higgsfield.ai/" + "a" * 8192,
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


def test_url_of_eight_kilobytes_is_used(higgsfield_server: ScriptedServer) -> None:
    long_url = f"{higgsfield_server.base_url}/put?X-Amz-Security-Token={'a' * 8000}"
    higgsfield_server.respond(upload_target(higgsfield_server, upload_url=long_url, public_url=long_url))
    higgsfield_server.respond({})

    assert adapter.upload_image(JPEG) == long_url


def test_overlong_url_is_refused_even_on_the_configured_host(higgsfield_server: ScriptedServer) -> None:
    too_long = f"{higgsfield_server.base_url}/{'a' * 8192}"
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
