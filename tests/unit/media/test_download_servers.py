"""Hostile and broken servers: a download ends in time, reads no more than its limits, and connects no more often."""

import itertools
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest

from keepreel.errors import BadVideo, FileGone, Unreachable
from keepreel.media import connection, download
from tests.unit.providers.scripted_server import Misbehavior, ScriptedServer

OK = b"HTTP/1.1 200 OK\r\n"
FILE = b"a file" * 100
_FLOOD_BYTES = 8_000_000


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def fetch(server: ScriptedServer, *, seconds: float = 60) -> bytes:
    with download.stream(
        server.base_url + "/f", provider_url=server.base_url, deadline=time.monotonic() + seconds
    ) as chunks:
        return b"".join(chunks)


def sends(*parts: bytes) -> Misbehavior:
    """Send these bytes, and close the connection."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        for part in parts:
            handler.wfile.write(part)

    return respond


def floods(start: bytes, part: bytes) -> Misbehavior:
    """Send the part until the client closes the connection, or a limit that no client should accept."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        for _ in range(_FLOOD_BYTES // len(part)):
            handler.wfile.write(part)

    return respond


def stalls(server: ScriptedServer, start: bytes) -> Misbehavior:
    """Send the start, and then nothing while the connection stays open."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        server.released.wait()

    return respond


def drips(server: ScriptedServer, start: bytes, part: bytes) -> Misbehavior:
    """Send a part a few times per second, so that no single read times out."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        while not server.released.wait(0.02):
            handler.wfile.write(part)

    return respond


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED: dict[str, tuple[bytes, ...]] = {
    "nothing": (b"",),
    "no status": (b"\r\n\r\n",),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n",),
    "a body without headers": (FILE,),
    "HTTP/0.9": (b"<html>",),
    "a status that is no number": (b"HTTP/1.1 OK\r\n\r\n",),
    "a status out of range": (b"HTTP/1.1 20000 OK\r\n\r\n",),
    "an unknown version": (b"HTTX/9 200 OK\r\n\r\n",),
    "a cut status": (b"HTTP/1.1 20",),
    "a cut header": (OK + b"Content-Le",),
    "a status 100 and no more": (b"HTTP/1.1 100 Continue\r\n\r\n",),
    "a status 101": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n",),
    "a status 103": (b"HTTP/1.1 103 Early Hints\r\n\r\n",),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n",),
    "a part": (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 6\r\n\r\na file",),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n",),
    "a redirect without a target": (b"HTTP/1.1 302 Found\r\n\r\n",),
    "a redirect to nothing": (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",),
    "a request for a login": (b"HTTP/1.1 401 Unauthorized\r\n\r\n",),
    "too many requests": (b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9999999\r\n\r\n",),
    "a server error": (b"HTTP/1.1 503 Slow Down\r\nContent-Length: 99999999999\r\n\r\n",),
    "a shorter body": (OK + b"Content-Length: 601\r\n\r\n", FILE),
    "a body that never starts": (OK + b"Content-Length: 600\r\n\r\n",),
    "an empty length list": (OK + b"Content-Length: 1,2\r\n\r\n", FILE),
    "a negative length": (OK + b"Content-Length: -1\r\n\r\n", FILE),
    "a signed length": (OK + b"Content-Length: +600\r\n\r\n", FILE),
    "a length in hexadecimal": (OK + b"Content-Length: 0x258\r\n\r\n", FILE),
    "a fractional length": (OK + b"Content-Length: 600.0\r\n\r\n", FILE),
    "a length of five thousand digits": (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", FILE),
    "a length in other digits": (OK + "Content-Length: ٦٠٠\r\n\r\n".encode(), FILE),
    "a compressed transfer": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", chunk(FILE)),
    "an unknown transfer": (OK + b"Transfer-Encoding: x\r\n\r\n", FILE),
    "chunks without an end": (CHUNKED, chunk(FILE)),
    "a cut chunk": (CHUNKED, chunk(FILE)[:-100]),
    "a chunk size that is no number": (CHUNKED, b"six\r\na file\r\n0\r\n\r\n"),
    "a chunk size without an end": (CHUNKED, b"2" * 70_000),
    "a negative chunk size": (CHUNKED, b"-6\r\na file\r\n"),
    "no chunks": (CHUNKED, b""),
    "a header of a megabyte": (OK + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n",),
    "a thousand headers": (OK + b"X: y\r\n" * 1000 + b"\r\n", FILE),
}


@pytest.mark.parametrize("parts", REFUSED.values(), ids=REFUSED.keys())
def test_broken_response_is_refused_after_one_connection(server: ScriptedServer, parts: tuple[bytes, ...]) -> None:
    server.misbehave(sends(*parts))

    with pytest.raises(Unreachable):
        fetch(server)

    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_missing_file_is_gone(server: ScriptedServer, status: int) -> None:
    server.misbehave(sends(b"HTTP/1.1 %d Gone\r\nContent-Length: 9999\r\n\r\n" % status))

    with pytest.raises(FileGone):
        fetch(server)

    assert len(server.requests) == 1


ACCEPTED: dict[str, tuple[bytes, ...]] = {
    "lines that end with LF": (b"HTTP/1.1 200 OK\nContent-Length: 600\n\n", FILE),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 600\r\n\r\n", FILE),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\n", FILE),
    "a 100 before the response": (b"HTTP/1.1 100 Continue\r\n\r\n", OK + b"Content-Length: 600\r\n\r\n", FILE),
    "more bytes than the length": (OK + b"Content-Length: 600\r\n\r\n", FILE + b"more"),
    "more bytes than two equal lengths": (OK + b"Content-Length: 600, 600\r\n\r\n", FILE + b"more"),
    "chunks and a length": (OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(FILE), chunk(b"")),
    "chunks with extensions": (CHUNKED, b"258;a=b\r\n" + FILE + b"\r\n0\r\nX: trailer\r\n\r\n"),
    "an encoding that says nothing": (OK + b"Transfer-Encoding: identity\r\nContent-Length: 600\r\n\r\n", FILE),
    "a 200 with a Location": (OK + b"Location: http://127.0.0.1:1/\r\nContent-Length: 600\r\n\r\n", FILE),
}


@pytest.mark.parametrize("parts", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_unusual_response_with_the_whole_file_is_accepted(server: ScriptedServer, parts: tuple[bytes, ...]) -> None:
    server.misbehave(sends(*parts))

    assert fetch(server) == FILE
    assert len(server.requests) == 1


HEADER_FLOODS = {
    "header lines": floods(OK, b"X: " + b"x" * 60_000 + b"\r\n"),
    "one line": floods(OK, b"x" * 60_000),
    "status 100": floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "headers of status 100": floods(b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n" * 1000),
}


@pytest.mark.parametrize("flood", HEADER_FLOODS.values(), ids=HEADER_FLOODS.keys())
def test_headers_are_limited_in_size(server: ScriptedServer, flood: Misbehavior) -> None:
    server.misbehave(flood)

    with pytest.raises(Unreachable):
        fetch(server)

    assert len(server.requests) == 1


def test_total_size_of_headers_is_limited(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MAX_HEADER_BYTES", 1000)
    server.misbehave(sends(OK + b"X: y\r\n" * 50 + b"Y: " + b"y" * 1000 + b"\r\n\r\n"))

    with pytest.raises(Unreachable, match="too many header bytes"):
        fetch(server)


def test_size_of_the_headers_does_not_limit_the_body(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MAX_HEADER_BYTES", 20_000)
    server.misbehave(sends(OK + b"\r\n", FILE * 200))

    assert len(fetch(server)) == 120_000


BODY_FLOODS = {
    "until the connection closes": floods(OK + b"\r\n", b"x" * 60_000),
    "chunks": floods(CHUNKED, chunk(b"x" * 60_000)),
    "two lengths": floods(OK + b"Content-Length: 999999999999, 999999999999\r\n\r\n", b"x" * 60_000),
    "a length": sends(OK + b"Content-Length: 999999999999\r\n\r\n"),
}


@pytest.mark.parametrize("flood", BODY_FLOODS.values(), ids=BODY_FLOODS.keys())
def test_body_is_limited_in_size(server: ScriptedServer, flood: Misbehavior, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 1_000_000)
    server.misbehave(flood)

    with pytest.raises(BadVideo, match="larger than"):
        fetch(server)

    assert len(server.requests) == 1


SLOW: dict[str, Callable[[ScriptedServer], Misbehavior]] = {
    "no response": lambda it: stalls(it, b""),
    "half a status": lambda it: stalls(it, b"HTTP/1.1 2"),
    "half of the headers": lambda it: stalls(it, OK + b"Content-Length: 600\r\n"),
    "no body": lambda it: stalls(it, OK + b"Content-Length: 600\r\n\r\n"),
    "half of the body": lambda it: stalls(it, OK + b"Content-Length: 600\r\n\r\n" + FILE[:300]),
    "half a chunk": lambda it: stalls(it, CHUNKED + b"258\r\n" + FILE[:300]),
    "half a chunk size": lambda it: stalls(it, CHUNKED + b"25"),
    "a status byte by byte": lambda it: drips(it, b"HTTP/1.1 200 ", b"O"),
    "a header byte by byte": lambda it: drips(it, OK, b"x"),
    "header lines one by one": lambda it: drips(it, OK, b"X: y\r\n"),
    "status 100 again and again": lambda it: drips(it, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body byte by byte": lambda it: drips(it, OK + b"\r\n", b"x"),
    "chunks of a byte": lambda it: drips(it, CHUNKED, chunk(b"x")),
    "a chunk extension byte by byte": lambda it: drips(it, CHUNKED + b"6;", b"x"),
    "trailers one by one": lambda it: drips(it, CHUNKED + chunk(FILE) + b"0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("misbehavior", SLOW.values(), ids=SLOW.keys())
def test_slow_server_is_left_at_the_deadline(
    server: ScriptedServer, misbehavior: Callable[[ScriptedServer], Misbehavior]
) -> None:
    server.misbehave(misbehavior(server))

    with pytest.raises(Unreachable, match=r"in time|TimeoutError"):
        fetch(server, seconds=0.3)

    assert len(server.requests) <= 1  # on a busy machine the deadline can pass before the server reads the request


@pytest.mark.parametrize("start", [OK + b"\r\n", OK + b"Content-Length: 9999999\r\n\r\n"])
def test_body_below_the_minimum_speed_is_left_before_the_deadline(
    server: ScriptedServer, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_GRACE_SECONDS", 0)
    server.misbehave(drips(server, start, b"x"))

    with pytest.raises(Unreachable, match="too slow"):
        fetch(server)


def test_deadline_is_compared_with_the_clock_after_each_chunk(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count()
    monkeypatch.setattr(download, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: 0))
    server.misbehave(floods(OK + b"\r\n", b"x" * 60_000))

    with (
        pytest.raises(Unreachable, match="did not finish in time"),
        download.stream(server.base_url, provider_url=server.base_url, deadline=5) as chunks,
    ):
        for _ in chunks:
            pass


@pytest.mark.parametrize(("left", "timeout"), [(3, 3), (10, 10), (300, 10)])
def test_a_read_waits_at_most_ten_seconds_or_what_is_left(
    left: int, timeout: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts: list[float] = []
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: 100))
    wire = SimpleNamespace(settimeout=timeouts.append, recv_into=lambda _buffer: 1)

    connection._BoundedReader(wire, deadline=100 + left).readinto(bytearray(8))  # type: ignore[arg-type]

    assert timeouts == [timeout]
