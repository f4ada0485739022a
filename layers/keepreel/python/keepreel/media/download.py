"""File download from a provider: limited in size, time and speed, and never from a private network."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
import urllib3

from keepreel import urls
from keepreel.errors import BadVideo, FileGone, Unreachable

MAX_BYTES = 512 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_MAX_REDIRECTS = 3
_CONNECT_SECONDS = 3
_READ_SECONDS = 10
_MIN_BYTES_PER_SECOND = 50 * 1024  # slower than this, the other side is not really sending
_GONE_STATUSES = (403, 404, 410)  # 403 is what a storage service answers for a deleted file, or for an old signature
_GRACE_SECONDS = 10  # before the minimum speed applies


class Download:
    """The chunks of a file as they arrive. Iteration raises Unreachable, or BadVideo if the file is too large or cut.

    `has_known_end` is True if the response has a length or an end mark, so that a cut file never passes as complete.
    """

    def __init__(self, response: requests.Response, *, deadline: float) -> None:
        self._response, self._deadline = response, deadline
        is_chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
        self._declared = None if is_chunked else _declared_bytes(response)  # a chunked body has its own end mark
        self.has_known_end = is_chunked or self._declared is not None

    def __iter__(self) -> Iterator[bytes]:
        started, received = time.monotonic(), 0
        _check_size(self._declared or 0)
        while received != self._declared and (chunk := _read(self._response)):
            received += len(chunk)
            now = time.monotonic()
            _check_size(received)
            if now > self._deadline:
                raise Unreachable("the download did not finish in time")
            if now - started > _GRACE_SECONDS and received < (now - started) * _MIN_BYTES_PER_SECOND:
                raise Unreachable("the download is too slow")
            yield chunk
        if self._declared not in (None, received):
            raise BadVideo(f"received {received} of {self._declared} bytes")


@contextmanager
def stream(url: str, *, provider_url: str, deadline: float) -> Iterator[Download]:
    """Yield the file's download.

    `deadline` is a `time.monotonic()` value. A URL on the provider's configured host (`provider_url`) is always
    allowed; any other URL, including a redirect, must be public https. The context and the iteration raise Unreachable
    (poll for a fresh URL), FileGone or BadVideo (the file is too large or incomplete).
    """
    with _Session() as session:
        session.trust_env = False  # ignore the machine's proxy and .netrc
        with _unreachable_if_broken():
            response = _get(session, url, provider_url=provider_url, deadline=deadline)
        with response:
            yield Download(response, deadline=deadline)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None always. Even with allow_redirects=False, requests reads a redirect's whole body, of any size."""


def _get(session: requests.Session, url: str, *, provider_url: str, deadline: float) -> requests.Response:
    for _ in range(1 + _MAX_REDIRECTS):
        _check(url, provider_url=provider_url)
        response = session.get(
            url,
            stream=True,
            allow_redirects=False,
            timeout=_timeout(deadline),
            headers={"Accept-Encoding": "identity"},  # otherwise the stored bytes could be gzip
        )
        if not response.is_redirect:
            break
        response.close()  # closes the connection, so that the body is not read
        url = _target(response, base=url)
    if response.status_code != 200:
        response.close()
        if response.status_code in _GONE_STATUSES:
            raise FileGone(f"the URL returned HTTP {response.status_code}")
        raise Unreachable(f"the URL returned HTTP {response.status_code}")
    return response


def _timeout(deadline: float) -> tuple[float, float]:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise Unreachable("the download did not start in time")
    return min(_CONNECT_SECONDS, seconds), min(_READ_SECONDS, seconds)


@contextmanager
def _unreachable_if_broken() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"the download failed: {type(error).__name__}") from error


def _target(response: requests.Response, *, base: str) -> str:
    locations = set(response.raw.headers.getlist("Location"))
    if len(locations) > 1:
        raise Unreachable("the redirect has more than one target")
    try:
        return urls.redirect_target(locations.pop(), base=base)
    except urls.BadUrl as error:
        raise Unreachable(f"the redirect is not allowed: {error}") from None


def _check(url: str, *, provider_url: str) -> None:
    try:
        target, trusted = urlsplit(url), urlsplit(provider_url)
        if (target.scheme, target.hostname) == (trusted.scheme, trusted.hostname):
            return
        urls.check_public_https(url)
        urls.check_resolves_public(target.hostname or "")
    except ValueError as error:  # BadUrl is a ValueError, and so is an error of urlsplit
        raise Unreachable(f"the URL is not allowed: {error}") from None


def _declared_bytes(response: requests.Response) -> int | None:
    """Return the Content-Length, or None without one. A header that is sent twice counts once if its values agree."""
    lengths = {it.strip() for it in response.headers.get("Content-Length", "").split(",")} - {""}
    if not lengths:
        return None
    if not all(it.isascii() and it.isdigit() for it in lengths) or len({int(it) for it in lengths}) > 1:
        raise Unreachable("the response has an invalid Content-Length")
    return int(lengths.pop())


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_BYTES:
        raise BadVideo(f"the file is larger than {MAX_BYTES} bytes")


def _read(response: requests.Response) -> bytes:
    # read1 returns what has arrived; read would wait for a whole chunk, for hours if the bytes arrive one by one.
    with _unreachable_if_broken():
        return response.raw.read1(_CHUNK_BYTES)
