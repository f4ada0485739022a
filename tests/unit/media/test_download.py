"""Downloads from a provider: redirects, lengths, limits and deadlines."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from keepreel.errors import BadVideo, Unreachable
from keepreel.media import download
from tests.unit.providers.scripted_server import ScriptedServer

FILE = b"a file" * 100


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def fetched(server: ScriptedServer, *, path: str = "/start", seconds: float = 60) -> bytes:
    with download.stream(
        server.base_url + path, provider_url=server.base_url, deadline=time.monotonic() + seconds
    ) as chunks:
        return b"".join(chunks)


def raw_response(server: ScriptedServer, *lines: bytes, status: bytes = b"200 OK", body: bytes = b"") -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"", body]))
        handler.close_connection = True

    server.misbehave(respond)


def redirect(server: ScriptedServer, location: bytes, status: bytes = b"302 Found") -> None:
    raw_response(server, b"Location: " + location, b"Content-Length: 0", status=status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("length", [b"Content-Length: 1000000000000", b"Transfer-Encoding: chunked", b"X: y"])
def test_body_of_a_redirect_is_never_read(server: ScriptedServer, status: int, length: bytes) -> None:
    def redirect_and_never_end(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 %d Moved\r\nLocation: /file\r\n%s\r\n\r\n" % (status, length))
        server.released.wait()  # the body never comes

    server.misbehave(redirect_and_never_end)
    server.respond_raw(FILE)

    assert fetched(server) == FILE
    assert [it.path for it in server.requests] == ["/start", "/file"]


def test_flood_behind_a_redirect_is_cut_off(server: ScriptedServer) -> None:
    sent = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /file\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            while True:
                handler.wfile.write(b" " * 65_536)
                sent.append(65_536)
        finally:
            server.released.set()

    server.misbehave(flood)
    server.respond_raw(FILE)

    assert fetched(server) == FILE
    server.released.wait()
    assert sum(sent) < 100_000_000  # only what fits into the buffers of both sockets


def test_redirecting_connection_is_closed_before_the_next_request(server: ScriptedServer) -> None:
    is_closed = []

    def redirect_and_read(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /file\r\nContent-Length: 0\r\n\r\n")
        is_closed.append(handler.rfile.read(1) == b"")
        server.released.set()

    def respond_after_the_close(handler: BaseHTTPRequestHandler) -> None:
        server.released.wait(5)
        assert is_closed == [True]
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FILE), FILE))
        handler.close_connection = True

    server.misbehave(redirect_and_read)
    server.misbehave(respond_after_the_close)

    assert fetched(server) == FILE


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/vidéo.mp4".encode(), "/vid%C3%A9o.mp4"),
        ("/vidéo.mp4".encode("latin-1"), "/vid%E9o.mp4"),
        ("/電影/Å.mp4?name=…".encode(), "/%E9%9B%BB%E5%BD%B1/%C3%85.mp4?name=%E2%80%A6"),
        (b"/\x85\xa0.mp4", "/%85%A0.mp4"),
        (b"/a b.mp4?c=d e", "/a%20b.mp4?c=d%20e"),
        (b"/%C3%A9%20%2F.mp4?signature=a%2Bb%3D", "/%C3%A9%20%2F.mp4?signature=a%2Bb%3D"),
        (b"other?x=1", "/other?x=1"),
        (b" /padded \t", "/padded"),
        (b"/" + b"a" * 8000, "/" + "a" * 8000),
    ],
)
def test_redirect_with_raw_bytes_is_followed_like_in_a_browser(
    server: ScriptedServer, location: bytes, path: str
) -> None:
    redirect(server, location)
    server.respond_raw(FILE)

    assert fetched(server) == FILE
    assert server.requests[1].path == path


@pytest.mark.parametrize(
    "location",
    [
        b"https://127.0.0.1/secret",
        b"http://169.254.169.254/latest/meta-data",
        b"//localhost/secret",
        b"file:///etc/passwd",
        b"https://[::1",
        b"https://b\xfccher.example/",  # a host name in Latin-1
        b"https:\\\\127.0.0.1\\",
        b"https://example.com/" + b"a" * 8192,
    ],
)
def test_redirect_to_an_unusable_url_is_refused(server: ScriptedServer, location: bytes) -> None:
    redirect(server, location)

    with pytest.raises(Unreachable, match="not allowed"):
        fetched(server)


def test_redirect_to_two_different_targets_is_refused(server: ScriptedServer) -> None:
    raw_response(server, b"Location: /a", b"Location: /b", status=b"302 Found")

    with pytest.raises(Unreachable, match="more than one target"):
        fetched(server)


def test_equal_duplicate_locations_are_followed(server: ScriptedServer) -> None:
    raw_response(server, b"Location: /file", b"Location: /file", status=b"302 Found")
    server.respond_raw(FILE)

    assert fetched(server) == FILE


def test_fourth_redirect_is_not_followed(server: ScriptedServer) -> None:
    for _ in range(5):
        redirect(server, b"/again")

    with pytest.raises(Unreachable, match="HTTP 302"):
        fetched(server)

    assert len(server.requests) == 4


def test_deadline_covers_the_redirects(server: ScriptedServer) -> None:
    with pytest.raises(Unreachable, match="did not start in time"):
        fetched(server, seconds=0)

    assert server.requests == []


@pytest.mark.parametrize(
    "lengths",
    [
        [b"Content-Length: 600"],
        [b"Content-Length: 600", b"Content-Length: 600"],
        [b"Content-Length: 600, 600"],
        [b"Content-Length: 0600", b"content-length:600 "],
    ],
)
def test_length_that_is_sent_twice_counts_once(server: ScriptedServer, lengths: list[bytes]) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\r\n".join([b"HTTP/1.1 200 OK", *lengths, b"", FILE]))
        server.released.wait()  # the connection stays open

    server.misbehave(respond)

    assert fetched(server) == FILE


@pytest.mark.parametrize(
    "lengths",
    [
        [b"Content-Length: 600", b"Content-Length: 599"],
        [b"Content-Length: 600, 601"],
        [b"Content-Length: six"],
        [b"Content-Length: -600"],
    ],
)
def test_contradictory_lengths_are_refused(server: ScriptedServer, lengths: list[bytes]) -> None:
    raw_response(server, *lengths, body=FILE)

    with pytest.raises(Unreachable):
        fetched(server)


def test_file_shorter_than_its_length_is_refused(server: ScriptedServer) -> None:
    raw_response(server, b"Content-Length: 601", body=FILE)

    with pytest.raises((Unreachable, BadVideo)):
        fetched(server)


@pytest.mark.parametrize(
    ("lines", "body", "has_known_end"),
    [
        ([b"Content-Length: 600"], FILE, True),
        ([b"Transfer-Encoding: chunked"], b"258\r\n" + FILE + b"\r\n0\r\n\r\n", True),
        ([b"Connection: close"], FILE, False),
    ],
    ids=["length", "chunked", "until-close"],
)
def test_download_knows_whether_its_end_is_certain(
    server: ScriptedServer, lines: list[bytes], body: bytes, *, has_known_end: bool
) -> None:
    raw_response(server, *lines, body=body)

    with download.stream(
        server.base_url + "/file", provider_url=server.base_url, deadline=time.monotonic() + 60
    ) as chunks:
        assert (chunks.has_known_end, b"".join(chunks)) == (has_known_end, FILE)
