"""The HTTP shell of a simulator: one function answers every request, and may do it as badly as real servers do."""

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_LARGEST_BODY = 100_000_000


class HangUp(Exception):  # it is how an answer is not given, and no error
    """The connection is closed without a further byte."""


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`parts` are sent one by one; without a Content-Length or chunking, closing the connection ends the body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] = ()


def reply(body: bytes, *, status: int = 200, content_type: str, headers: Mapping[str, str] | None = None) -> Reply:
    own = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Reply(status=status, headers={**own, **(headers or {})}, parts=(body,))


def json_reply(value: object, *, status: int = 200) -> Reply:
    return reply(json.dumps(value).encode(), status=status, content_type="application/json")


def html_reply(title: str, *, status: int) -> Reply:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return reply(page.encode(), status=status, content_type="text/html")


class Server:
    """Answers on 127.0.0.1 from `start` until `stop`, which leaves no thread and no open connection behind."""

    def __init__(self, answer: Callable[[Request], Reply], *, port: int) -> None:
        self._listener = _Listener(answer, port=port)
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
        self._listener.hang_up_all()
        self._listener.server_close()

    def pause(self, seconds: float) -> None:
        """Waits like a slow server; raises HangUp when the server stops first."""
        if self._listener.stopping.wait(seconds):
            raise HangUp


class _Listener(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True  # a program that dies without `stop` must not wait for its idle clients
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Reply], *, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
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

    def hang_up_all(self) -> None:
        for thread, connection in list(self._open.items()):
            with contextlib.suppress(OSError):  # closed by the client just now
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:  # as inherited
        if not isinstance(sys.exception(), ConnectionError):  # a client may go whenever it likes
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else head and body of an answer wait 40 ms for each other
    server: _Listener

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            return self._send(html_reply("413 Request Entity Too Large", status=413))
        url = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            return self._send(self.server.answer(request))
        except HangUp:
            self.close_connection = True

    do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815  # http.server looks for these names

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        is_chunked = reply.headers.get("Transfer-Encoding") == "chunked"
        sent = 0
        for part in (*reply.parts, b"") if is_chunked else reply.parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if is_chunked else part)
            sent += len(part)
        # Fewer bytes than promised, or none promised: only closing tells the client that this was all.
        if not is_chunked and reply.headers.get("Content-Length") != str(sent):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a request line may hold a link that works."""
