"""Redirects from a provider: never followed, and their body is never read."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Literal

import pytest

from keepreel.errors import OutcomeUnknown
from keepreel.providers import http
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("http_status", [300, 302, 304, 307, 308, 399])
@pytest.mark.parametrize("location", [b"/elsewhere", "/vidéo".encode("latin-1"), b"http://[::1", None])
def test_body_of_a_redirect_is_never_read(
    server: ScriptedServer, method: Literal["GET", "POST", "PUT"], http_status: int, location: bytes | None
) -> None:
    def never_end(handler: BaseHTTPRequestHandler) -> None:
        lines = [b"HTTP/1.1 %d Elsewhere" % http_status, b"Content-Length: 1000000"]
        handler.wfile.write(b"\r\n".join([*lines, *([b"Location: " + location] if location else []), b"", b""]))
        server.released.wait()  # the body never comes

    server.misbehave(never_end)

    with pytest.raises(OutcomeUnknown, match=f"redirect, HTTP {http_status}"):
        http.request(method, f"{server.base_url}/start", title="Acme", headers={}, content=b"{}")

    assert [it.path for it in server.requests] == ["/start"]
