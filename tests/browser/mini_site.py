"""Small pages for tests of the tests: each is served at the root of an origin of its own, under our page's policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.http_server import Server

POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline'; img-src 'self' http://localhost:8000"


@contextmanager
def serving(html: str, *, policy: str = POLICY) -> Iterator[str]:
    """Gives the address."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        is_found = environ["PATH_INFO"] == "/"
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)]
        start_response("200 OK" if is_found else "404 Not Found", headers)
        return [f'<!doctype html><html lang="en"><title>Test</title>{html}'.encode() if is_found else b""]

    with Server(answer) as server:
        yield server.url
