"""Fetching a provider's file: bounded in time, size and pace, and never from inside our own network."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from keepreel import urls
from keepreel.errors import BadVideo, Unreachable

LARGEST_BYTES = 512 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_MOST_REDIRECTS = 3
_SLOWEST_BYTES_PER_SECOND = 50 * 1024  # below that for ten seconds, the other side is not really sending
_PACE_SECONDS = 10


@contextmanager
def opened(url: str, *, provider_url: str, deadline: float) -> Iterator[Iterator[bytes]]:
    """The file's bytes as they come, in chunks; the iterator raises when they end early.

    `deadline` is in `time.monotonic()`'s seconds. A link on the provider's own host (`provider_url`, which the operator
    set) is used as it is; any other must be public https, redirects too. Raises Unreachable (ask for a fresh link) or
    BadVideo (what came is too large or cut off).
    """
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no .netrc of whoever runs this
        with _broken_link_is_unreachable():
            response = _get(session, url, provider_url=provider_url)
        with response:
            yield _chunks(response, deadline=deadline)


def _get(session: requests.Session, url: str, *, provider_url: str) -> requests.Response:
    for _ in range(1 + _MOST_REDIRECTS):
        _check(url, provider_url=provider_url)
        response = session.get(
            url,
            stream=True,
            allow_redirects=False,
            timeout=(3, 10),
            headers={"Accept-Encoding": "identity"},  # else the bytes that we store could be gzip
        )
        if not response.is_redirect:
            break
        url = urljoin(url, response.headers["Location"])
        response.close()
    if response.status_code != 200:
        response.close()
        raise Unreachable(f"the link answered {response.status_code}")
    return response


@contextmanager
def _broken_link_is_unreachable() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"the link broke: {type(error).__name__}") from error


def _check(url: str, *, provider_url: str) -> None:
    try:
        given, trusted = urlsplit(url), urlsplit(provider_url)
        if (given.scheme, given.hostname) == (trusted.scheme, trusted.hostname):
            return
        urls.check_public_https(url)
        urls.check_resolves_public(given.hostname or "")
    except ValueError as error:  # BadUrl, or what is no URL at all
        raise Unreachable(f"the link may not be followed: {error}") from None


def _chunks(response: requests.Response, *, deadline: float) -> Iterator[bytes]:
    started, received = time.monotonic(), 0
    declared = response.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > LARGEST_BYTES:
        raise BadVideo(f"the file is larger than {LARGEST_BYTES} bytes")
    while chunk := _read(response):
        received += len(chunk)
        now = time.monotonic()
        if received > LARGEST_BYTES:
            raise BadVideo(f"the file is larger than {LARGEST_BYTES} bytes")
        if now > deadline:
            raise Unreachable("the file did not come in time")
        if now - started > _PACE_SECONDS and received < (now - started) * _SLOWEST_BYTES_PER_SECOND:
            raise Unreachable("the file comes too slowly")
        yield chunk
    if declared and declared != str(received):
        raise BadVideo(f"{received} bytes came of {declared}")


def _read(response: requests.Response) -> bytes:
    # read1 gives what has come; read would wait for a whole chunk, and a dripping peer could hold it for hours.
    with _broken_link_is_unreachable():
        return response.raw.read1(_CHUNK_BYTES)
