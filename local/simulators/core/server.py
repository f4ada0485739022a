"""The HTTP server of a simulator: one function handles every request, and may also fail the way real servers do."""

import contextlib
import json
import re
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl

from local import host

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
    """Serves from `start` to `stop`, which leaves no thread and no open connection. `local.host` has the address."""

    def __init__(
        self,
        respond: Callable[[Request], Response],
        *,
        port: int,
        on_error: Callable[[], Response] = lambda: json_response({"error": "internal error"}, status=500),
    ) -> None:
        """`on_error` returns the response to a request for which `respond` fails; the traceback goes to stderr."""
        self._listener = _Listener(respond, port=port, on_error=on_error)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://{host.name()}:{self._listener.server_address[1]}"

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

    def __init__(self, respond: Callable[[Request], Response], *, port: int, on_error: Callable[[], Response]) -> None:
        super().__init__((host.bound(), port), _Handler)
        self.respond = respond
        self.on_error = on_error
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

    # http.server itself answers broken requests, such as an invalid request line.
    error_content_type = "application/json"
    error_message_format = '{"error": "%(code)d %(message)s"}'

    def __getattr__(self, name: str) -> Any:
        """Return the handler of any method, because http.server looks for `do_GET`, `do_PATCH` and so on."""
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def _handle(self) -> None:
        length = self._body_length()
        if length is None or length > _MAX_BODY_BYTES:
            self.close_connection = True  # an unread body would be taken for the next request
        if length is not None and length > _MAX_BODY_BYTES:
            return self._send(json_response({"error": "413 Request Entity Too Large"}, status=413))
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path.partition("#")[0],
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length or 0),
        )
        try:
            return self._send(self.server.respond(request))
        except CloseConnection:
            self.close_connection = True
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001  # a bug of the simulator: visible on stderr, and an answer for the client
            traceback.print_exc()
            return self._send(self.server.on_error())

    def _body_length(self) -> int | None:
        """Return the length of the body, or None if it is unknown: chunked, or an invalid Content-Length."""
        value = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,18}", value):
            return None
        return int(value)

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
