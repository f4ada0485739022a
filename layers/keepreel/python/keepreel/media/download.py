"""File download from a provider: limited in size, time and speed, and never from a private network."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from keepreel import urls
from keepreel.errors import BadVideo, Unreachable

MAX_BYTES = 512 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_MAX_REDIRECTS = 3
_MIN_BYTES_PER_SECOND = 50 * 1024  # slower than this, the other side is not really sending
_GRACE_SECONDS = 10  # before the minimum speed applies


@contextmanager
def stream(url: str, *, provider_url: str, deadline: float) -> Iterator[Iterator[bytes]]:
    """Yield the file's bytes in chunks as they arrive.

    `deadline` is a `time.monotonic()` value. A URL on the provider's configured host (`provider_url`) is always
    allowed; any other URL, including a redirect, must be public https. The context and the iterator raise Unreachable
    (poll for a fresh URL) or BadVideo (the file is too large or incomplete).
    """
    with requests.Session() as session:
        session.trust_env = False  # ignore the machine's proxy and .netrc
        with _unreachable_if_broken():
            response = _get(session, url, provider_url=provider_url)
        with response:
            yield _chunks(response, deadline=deadline)


def _get(session: requests.Session, url: str, *, provider_url: str) -> requests.Response:
    for _ in range(1 + _MAX_REDIRECTS):
        _check(url, provider_url=provider_url)
        response = session.get(
            url,
            stream=True,
            allow_redirects=False,
            timeout=(3, 10),
            headers={"Accept-Encoding": "identity"},  # otherwise the stored bytes could be gzip
        )
        if not response.is_redirect:
            break
        url = urljoin(url, response.headers["Location"])
        response.close()
    if response.status_code != 200:
        response.close()
        raise Unreachable(f"the URL returned HTTP {response.status_code}")
    return response


@contextmanager
def _unreachable_if_broken() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"the download failed: {type(error).__name__}") from error


def _check(url: str, *, provider_url: str) -> None:
    try:
        target, trusted = urlsplit(url), urlsplit(provider_url)
        if (target.scheme, target.hostname) == (trusted.scheme, trusted.hostname):
            return
        urls.check_public_https(url)
        urls.check_resolves_public(target.hostname or "")
    except ValueError as error:  # BadUrl is a ValueError, and so is an error of urlsplit
        raise Unreachable(f"the URL is not allowed: {error}") from None


def _chunks(response: requests.Response, *, deadline: float) -> Iterator[bytes]:
    started, received = time.monotonic(), 0
    declared = response.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        raise BadVideo(f"the file is larger than {MAX_BYTES} bytes")
    while chunk := _read(response):
        received += len(chunk)
        now = time.monotonic()
        if received > MAX_BYTES:
            raise BadVideo(f"the file is larger than {MAX_BYTES} bytes")
        if now > deadline:
            raise Unreachable("the download did not finish in time")
        if now - started > _GRACE_SECONDS and received < (now - started) * _MIN_BYTES_PER_SECOND:
            raise Unreachable("the download is too slow")
        yield chunk
    if declared and declared != str(received):
        raise BadVideo(f"received {received} of {declared} bytes")


def _read(response: requests.Response) -> bytes:
    # read1 returns what has arrived; read would wait for a whole chunk, for hours if the bytes arrive one by one.
    with _unreachable_if_broken():
        return response.raw.read1(_CHUNK_BYTES)
