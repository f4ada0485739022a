"""The HTTP server of a simulator: one function handles every request, and may also fail the way real servers do."""

import contextlib
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

_MAX_BODY_BYTES = 100_000_000


class CloseConnection(Exception):  # a planned behavior, not an error
    """Close the connection without sending another byte."""


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Response:
    """`parts` are sent one by one. Without Content-Length or chunking, closing the connection ends the body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] = ()


def response(
    body: bytes, *, status: int = 200, content_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    own = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Response(status=status, headers={**own, **(headers or {})}, parts=(body,))


def json_response(value: object, *, status: int = 200) -> Response:
    return response(json.dumps(value).encode(), status=status, content_type="application/json")


def html_response(title: str, *, status: int) -> Response:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return response(page.encode(), status=status, content_type="text/html")


class Server:
    """Serves on 127.0.0.1 from `start` to `stop`. `stop` leaves no thread and no open connection behind."""

    def __init__(self, respond: Callable[[Request], Response], *, port: int) -> None:
        self._listener = _Listener(respond, port=port)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.stopping.set()
        if self._thread.is_alive():
            self._listener.shutdown()
            self._thread.join()
        self._listener.close_connections()
        self._listener.server_close()

    def pause(self, seconds: float) -> None:
        """Wait like a slow server. Raises CloseConnection if the server stops first."""
        if self._listener.stopping.wait(seconds):
            raise CloseConnection


class _Listener(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True  # a program that exits without `stop` must not wait for idle clients
    request_queue_size = 128

    def __init__(self, respond: Callable[[Request], Response], *, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.stopping = threading.Event()
        self._open: dict[threading.Thread, socket.socket] = {}

    def process_request(self, request: Any, client_address: Any) -> None:  # as inherited
        arguments = (request, client_address)
        thread = threading.Thread(target=self.process_request_thread, args=arguments, daemon=self.daemon_threads)
        self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # as inherited
        try:
            super().process_request_thread(request, client_address)
        finally:
            del self._open[threading.current_thread()]

    def close_connections(self) -> None:
        for thread, connection in list(self._open.items()):
            with contextlib.suppress(OSError):  # closed by the client just now
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:  # as inherited
        if not isinstance(sys.exception(), ConnectionError):  # a client may disconnect at any time
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise the headers and the body of a response are sent 40 ms apart
    server: _Listener

    def _handle(self) -> None:
        given_length = self.headers.get("Content-Length") or "0"
        length = int(given_length) if re.fullmatch("[0-9]{1,18}", given_length) else 0
        if not given_length.isdecimal():  # where the body ends is unknown
            self.close_connection = True
        if length > _MAX_BODY_BYTES:
            self.close_connection = True
            return self._send(html_response("413 Request Entity Too Large", status=413))
        url = _split(self.path)
        request = Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            return self._send(self.server.respond(request))
        except CloseConnection:
            self.close_connection = True

    def __getattr__(self, name: str) -> Any:
        """Handle every method, known or not: http.server looks for `do_<method>`."""
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        is_chunked = response.headers.get("Transfer-Encoding") == "chunked"
        sent = 0
        for part in (*response.parts, b"") if is_chunked else response.parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if is_chunked else part)
            sent += len(part)
        # With fewer bytes than Content-Length, or none given, only closing the connection ends the response.
        if not is_chunked and response.headers.get("Content-Length") != str(sent):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, because a request line may contain a valid download link."""


def _split(target: str) -> SplitResult:
    try:
        return urlsplit(target)
    except ValueError:  # such as an IPv6 address without its bracket
        return SplitResult("", "", "/", "", "")
