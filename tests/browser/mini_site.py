"""Small pages for tests of the test tools, each on its own origin with a policy like the real page's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.http_server import Server

POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline'; img-src 'self' http://localhost:8000"


@contextmanager
def serve(html: str, *, policy: str = POLICY) -> Iterator[str]:
    """Serve `html` at `/` and yield the site's URL."""

    def respond(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        is_found = environ["PATH_INFO"] == "/"
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)]
        start_response("200 OK" if is_found else "404 Not Found", headers)
        return [f'<!doctype html><html lang="en"><title>Test</title>{html}'.encode() if is_found else b""]

    with Server(respond) as server:
        yield server.url
