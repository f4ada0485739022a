"""Addresses that a download must not reach: forms of private addresses, name resolution and redirects."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from keepreel import urls
from keepreel.errors import Unreachable
from keepreel.media import connection, download
from tests.unit.providers.scripted_server import ScriptedServer

OWN = "https://own.example"
PUBLIC = "93.184.215.14"
UNREADABLE = [
    "https://10.0.0.1\\@own.example/",
    "https://10.0.0.1\\.own.example/",
    "https:\\\\10.0.0.1\\",
    "https:/\\10.0.0.1/",
    "https://own.example\\@10.0.0.1/",
    "https://own.example@10.0.0.1/",
    "https://own.example:443@10.0.0.1/",
    "https://own.example:x@10.0.0.1/",
    "https://user@own.example/",
    "https://@own.example/",
    "https://10.0.0.1\t@own.example/",
    "https://10.0.0.1\n@own.example/",
    "https://10.0.0.1\r\n@own.example/",
    "https://own.example\t.10.0.0.1/",
    "https://own.example/\r\nHost: 10.0.0.1",
    "https://own.example/\x00",
    "https://own.example/a b",
    "https://own.example/\x7f",
    "https://own.example/\u2028",
    "\thttps://10.0.0.1/",
    "https://own.example%2f@10.0.0.1/",
    "https://own.example%00.10.0.0.1/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://own\u2100.example/",
    "https://own.example:99999/",
    "https://own.example:-1/",
    "https://[::1/",
    "https:///path",
    "https:own.example/",
    "//10.0.0.1/",
    "file://own.example/etc/passwd",
    "ftp://own.example/",
    "gopher://own.example/",
    "",
]
NOT_PUBLIC = [
    "http://own.example/",  # another scheme
    "http://own.example:443/",
    "https://own.example:8443/",  # another port
    "https://10.0.0.1/",
    "HTTPS://10.0.0.1/",
    "https://10.0.0.1#@own.example/",
    "https://10.0.0.1/@own.example/",
    "https://10.0.0.1?@own.example/",
    "https://10.0.0.1./",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0X7F.0.0.1/",
    "https://0177.0.0.1/",
    "https://0177.0x0.0.01/",
    "https://167772161/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:a00:1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://a.localhost/",
    "https://metadata.google.internal./",
    "https://8.8.8.8/",
]
PRIVATE_ADDRESSES = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001::a00:1",
    "fe80::1%2",
    "fd00::1",
    "fec0::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The names that were resolved and the addresses that were connected to. No packet leaves the machine."""
    found: list[object] = []
    resolve_really, connect_really = socket.getaddrinfo, socket.socket.connect
    thread = threading.get_ident()  # the local stack of other tests may still be running in this process

    def resolve(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if threading.get_ident() != thread:
            return resolve_really(host, port, *args, **options)
        found.append(host)
        return [(socket.AF_INET, 1, 6, "", (PUBLIC, port))]

    def connect(self: socket.socket, address: Any) -> None:
        if threading.get_ident() != thread:
            return connect_really(self, address)
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return found


def fetch(url: str, *, provider_url: str = OWN) -> bytes:
    with download.stream(url, provider_url=provider_url, deadline=time.monotonic() + 60) as chunks:
        return b"".join(chunks)


@pytest.mark.parametrize("url", UNREADABLE + NOT_PUBLIC)
def test_forbidden_url_contacts_nothing(url: str, contacted: list[object]) -> None:
    with pytest.raises(Unreachable, match="not allowed"):
        fetch(url)

    assert contacted == []


@pytest.mark.parametrize("location", [it for it in UNREADABLE + NOT_PUBLIC if it.isprintable() and it.isascii() and it])
def test_redirect_to_a_forbidden_url_makes_one_connection(server: ScriptedServer, location: str) -> None:
    server.respond_raw(b"", http_status=302, Location=location)

    with pytest.raises(Unreachable):
        fetch(server.base_url, provider_url=server.base_url)

    assert len(server.requests) == 1


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_public_name_with_a_private_address_is_not_connected_to(
    address: str, contacted: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, 1, 6, "", (PUBLIC, 443)), (socket.AF_INET, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    with pytest.raises(Unreachable, match="not public"):
        fetch("https://files.example/video.mp4")

    assert contacted == []


def test_ipv4_address_in_ipv6_notation_is_checked_as_ipv4() -> None:
    urls.check_public_addresses([(socket.AF_INET6, (f"::ffff:{PUBLIC}", 443, 0, 0))])


def test_four_addresses_of_a_host_are_tried_at_most(contacted: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", (PUBLIC, 443))] * 9
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    with pytest.raises(Unreachable):
        fetch("https://files.example/video.mp4")

    assert contacted == [(PUBLIC, 443)] * 4


def test_connection_uses_the_address_that_was_checked(contacted: list[object]) -> None:
    with pytest.raises(Unreachable):
        fetch("https://Files.Example./video.mp4")

    assert contacted == ["files.example", (PUBLIC, 443)]


def test_second_address_is_tried_without_another_resolution(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, resolved = int(server.base_url.rsplit(":", 1)[1]), []

    def resolve(host: str, _port: int, **_: Any) -> list[Any]:
        resolved.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 1)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    server.respond_raw(b"file")

    assert fetch("http://own.example:1/f", provider_url="http://own.example:1") == b"file"
    assert resolved == ["own.example"]
    assert server.requests[0].headers["Host"] == "own.example:1"
    assert server.requests[0].headers["Accept-Encoding"] == "identity"  # the stored file must not be gzip


def test_tls_names_the_host_and_not_the_address(monkeypatch: pytest.MonkeyPatch, server: ScriptedServer) -> None:
    names: list[str] = []

    class Context:
        def wrap_socket(self, connected: socket.socket, *, server_hostname: str) -> socket.socket:
            names.append(server_hostname)
            return connected

    address = ("127.0.0.1", int(server.base_url.rsplit(":", 1)[1]))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, 1, 6, "", address)])
    monkeypatch.setattr(connection, "_tls", Context)
    server.respond_raw(b"file")

    assert fetch(f"{OWN}/f?a=%2F&b=é") == b"file"
    assert (names, server.requests[0].headers["Host"]) == (["own.example"], "own.example")
    assert server.requests[0].path == "/f?a=%2F&b=%C3%A9"


def test_certificates_are_verified() -> None:
    context = connection._tls()

    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    "url",
    [
        "https://own.example/v",
        "https://own.example:443/v",
        "https://OWN.example./v",
        "HTTPS://own.example/v",
        "https://own.example/v#@10.0.0.1",
        "https://own.example/v?@10.0.0.1",
    ],
)
def test_other_spellings_of_the_own_host_connect_to_it(url: str) -> None:
    assert urls.target(url).origin == urls.target(OWN).origin


def test_unlisted_host_is_refused_before_it_is_resolved(contacted: list[object]) -> None:
    def refuse(host: str) -> None:
        raise urls.BadUrl(f"{host} is not a host of the provider")

    with (
        pytest.raises(Unreachable, match=r"files\.example is not a host"),
        download.stream("https://files.example/v", provider_url=OWN, deadline=time.monotonic() + 60, check_host=refuse),
    ):
        pass

    assert contacted == []
