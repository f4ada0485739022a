"""HTTP connection for downloads: to an address that was checked, with every read bounded by a deadline."""

import io
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from typing import Any, cast

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from keepreel.errors import Unreachable
from keepreel.urls import Address, Target

_CONNECT_SECONDS = 3
_READ_SECONDS = 10
_MAX_ADDRESSES = 4
_MAX_HEADER_BYTES = 128 * 1024  # includes what the read buffer takes of the body


@contextmanager
def get(target: Target, addresses: list[Address], *, deadline: float) -> Iterator[HTTPResponse]:
    """Send a GET request to one of the addresses, and yield the response with its headers read.

    TLS and the `Host` header use the target's name. `deadline` is a `time.monotonic()` value. Raises Unreachable.
    """
    with unreachable_if_broken():
        connected = _connect(target, addresses, deadline=deadline)
    with connected:
        with unreachable_if_broken():
            connected.sendall(_request(target))
            reader = _BoundedReader(connected, deadline=deadline)
            response = HTTPResponse(cast(socket.socket, reader), method="GET")
            response.begin()
            reader.end_headers()
        with response:
            yield response


@contextmanager
def unreachable_if_broken() -> Iterator[None]:
    """Raise Unreachable for an error of the connection or of the HTTP protocol."""
    try:
        yield
    except (HTTPException, OSError, ValueError) as error:
        raise Unreachable(f"the download failed: {type(error).__name__}") from error


class _BoundedReader(io.RawIOBase):
    """Reads from a socket until the deadline, and limits the size of the headers.

    A timeout of the socket alone bounds each read, so bytes that arrive one by one could take hours.
    """

    def __init__(self, connected: socket.socket, *, deadline: float) -> None:
        self._socket, self._deadline = connected, deadline
        self._header_bytes_left: int | None = _MAX_HEADER_BYTES

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        """Return the reader that HTTPResponse reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_seconds(self._deadline, at_most=_READ_SECONDS))
        count = self._socket.recv_into(buffer)
        if self._header_bytes_left is not None:
            self._header_bytes_left -= count
            if self._header_bytes_left < 0:
                raise Unreachable("the response has too many header bytes")
            if not count:  # http.client takes headers that are cut for complete ones
                raise Unreachable("the connection ended before the headers did")
        return count

    def end_headers(self) -> None:
        self._header_bytes_left = None


def _connect(target: Target, addresses: list[Address], *, deadline: float) -> socket.socket:
    """Connect to the first address that accepts. The host is not resolved again."""
    error: OSError | None = None
    for family, address in addresses[:_MAX_ADDRESSES]:
        connected = socket.socket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(_seconds(deadline, at_most=_CONNECT_SECONDS))
            connected.connect(address)
            return _encrypted(connected, target.host, deadline=deadline) if target.scheme == "https" else connected
        except OSError as failure:
            connected.close()
            error = failure
        except BaseException:
            connected.close()
            raise
    raise error or OSError("the host has no address")


def _encrypted(connected: socket.socket, host: str, *, deadline: float) -> ssl.SSLSocket:
    connected.settimeout(_seconds(deadline, at_most=_READ_SECONDS))  # of the whole handshake
    return _tls().wrap_socket(connected, server_hostname=host)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


def _request(target: Target) -> bytes:
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        "User-Agent: Keepreel",
        "Accept: */*",
        "Accept-Encoding: identity",  # otherwise the stored bytes could be gzip
        "Connection: close",
    )
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _seconds(deadline: float, *, at_most: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise Unreachable("the download did not finish in time")
    return min(at_most, seconds)
