"""File download from a provider: limited in size, time and speed, and never from a private network."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse

from keepreel import urls
from keepreel.errors import BadVideo, FileGone, Unreachable
from keepreel.media import connection

MAX_BYTES = 512 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_MAX_REDIRECTS = 3
_REDIRECT_STATUSES = (301, 302, 303, 307, 308)
_MIN_BYTES_PER_SECOND = 50 * 1024  # slower than this, the other side is not really sending
_MAX_LENGTH_DIGITS = 18
_GONE_STATUSES = (403, 404, 410)  # 403 is what a storage service answers for a deleted file, or for an old signature
_GRACE_SECONDS = 10  # before the minimum speed applies


class Download:
    """The chunks of a file as they arrive. Iteration raises Unreachable, or BadVideo if the file is too large.

    `has_known_end` is True if the response has a length or an end mark, so that a cut file never passes as complete.
    """

    def __init__(self, response: HTTPResponse, *, deadline: float) -> None:
        self._response, self._deadline = response, deadline
        encodings = {it.strip().lower() for it in response.headers.get_all("Transfer-Encoding", [])}
        if encodings - {"chunked", "identity"}:
            raise Unreachable("the response has an unknown Transfer-Encoding")
        is_chunked = "chunked" in encodings
        self._declared = None if is_chunked else _declared_bytes(response)  # a chunked body has its own end mark
        self.has_known_end = is_chunked or self._declared is not None

    def __iter__(self) -> Iterator[bytes]:
        started, received = time.monotonic(), 0
        _check_size(self._declared or 0)
        while received != self._declared and (chunk := self._read(received)):
            received += len(chunk)
            now = time.monotonic()
            _check_size(received)
            if now > self._deadline:
                raise Unreachable("the download did not finish in time")
            if now - started > _GRACE_SECONDS and received < (now - started) * _MIN_BYTES_PER_SECOND:
                raise Unreachable("the download is too slow")
            yield chunk
        if self._declared not in (None, received):
            raise Unreachable(f"received {received} of {self._declared} bytes")

    def _read(self, received: int) -> bytes:
        left = _CHUNK_BYTES if self._declared is None else self._declared - received
        # read1 returns what has arrived; read would wait for a whole chunk, for hours if the bytes arrive one by one.
        with connection.unreachable_if_broken():
            return self._response.read1(min(_CHUNK_BYTES, left))


def _allow_every_host(_host: str) -> None:
    """Allow every public host."""


@contextmanager
def stream(
    url: str, *, provider_url: str, deadline: float, check_host: Callable[[str], None] = _allow_every_host
) -> Iterator[Download]:
    """Yield the file's download.

    `deadline` is a `time.monotonic()` value. A URL with the scheme, host and port of the provider's configured URL
    (`provider_url`) is always allowed. Any other URL, including a redirect, must be public https, and `check_host` must
    not raise BadUrl for its host. The context and the iteration raise Unreachable (poll for a fresh URL), FileGone or
    BadVideo (the file is too large).
    """
    with ExitStack() as open_responses:
        for _ in range(1 + _MAX_REDIRECTS):
            response = open_responses.enter_context(
                _request(url, provider_url=provider_url, deadline=deadline, check_host=check_host)
            )
            location = _location(response)
            if location is None:
                break
            open_responses.close()  # closes the connection, so that the body is not read
            url = _redirect_target(location, base=url)
        if response.status != 200:
            error = FileGone if response.status in _GONE_STATUSES else Unreachable
            raise error(f"the URL returned HTTP {response.status}")
        yield Download(response, deadline=deadline)


@contextmanager
def _request(
    url: str, *, provider_url: str, deadline: float, check_host: Callable[[str], None]
) -> Iterator[HTTPResponse]:
    """Check the URL and the addresses of its host, and connect to one of these addresses."""
    if time.monotonic() >= deadline:
        raise Unreachable("the download did not start in time")
    try:
        target = urls.target(url)
        is_trusted = target.origin == urls.target(provider_url).origin
        if not is_trusted:
            urls.check_public_target(target)
            check_host(target.host)
        with connection.unreachable_if_broken():
            addresses = urls.resolve(target.host, target.port)
        if not is_trusted:
            urls.check_public_addresses(addresses)
    except ValueError as error:  # BadUrl is a ValueError
        raise Unreachable(f"the URL is not allowed: {error}") from None
    with connection.get(target, addresses, deadline=deadline) as response:
        yield response


def _location(response: HTTPResponse) -> str | None:
    if response.status not in _REDIRECT_STATUSES:
        return None
    locations = set(response.headers.get_all("Location", []))
    if len(locations) > 1:
        raise Unreachable("the redirect has more than one target")
    return locations.pop() if locations else None


def _redirect_target(location: str, *, base: str) -> str:
    try:
        return urls.redirect_target(location, base=base)
    except urls.BadUrl as error:
        raise Unreachable(f"the redirect is not allowed: {error}") from None


def _declared_bytes(response: HTTPResponse) -> int | None:
    """Return the Content-Length, or None without one. A header that is sent twice counts once if its values agree."""
    lengths = {it.strip() for it in ",".join(response.headers.get_all("Content-Length", [])).split(",")} - {""}
    if not lengths:
        return None
    is_readable = all(it.isascii() and it.isdigit() and len(it) <= _MAX_LENGTH_DIGITS for it in lengths)
    if not is_readable or len({int(it) for it in lengths}) > 1:
        raise Unreachable("the response has an invalid Content-Length")
    return int(lengths.pop())


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_BYTES:
        raise BadVideo(f"the file is larger than {MAX_BYTES} bytes")
