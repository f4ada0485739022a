"""A threaded WSGI server, which `local.host` gives its address. After `stop`, no thread and no connection is left."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from local import host

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PortInUse(Exception):
    """Another program uses the port."""


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing, because a line per request would hide the useful lines."""


class Server:
    """Serves a WSGI application in its own thread, with another thread per connection."""

    def __init__(self, app: WsgiApp, *, port: int = 0, handler: type[WSGIRequestHandler] = QuietHandler) -> None:
        self._server = _Connections(app, listener=_listener(port), handler=handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{host.name()}:{self.port}"
        # The server polls for `stop` at this interval; the default would delay it by half a second.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=f"server-{self.port}")
        self._thread.daemon = True

    def start(self) -> None:
        self._thread.start()

    def stop(self, *, timeout_seconds: float = 3) -> None:
        """Stop accepting requests at once, and wait up to the timeout for running ones."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.close_connections(timeout_seconds=timeout_seconds)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


_Request = socket.socket | tuple[bytes, socket.socket]
_Address = tuple[str, int]


class _Connections(ThreadedWSGIServer):
    """Tracks open connections, because a browser's idle connections would keep their threads waiting forever."""

    def __init__(self, app: WsgiApp, *, listener: socket.socket, handler: type[WSGIRequestHandler]) -> None:
        self._open: dict[_Request, threading.Thread] = {}
        self._lock = threading.Lock()
        with listener:
            super().__init__(host.bound(), listener.getsockname()[1], app, handler, fd=listener.fileno())

    def process_request_thread(self, request: _Request, client_address: _Address) -> None:
        with self._lock:
            self._open[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._open[request]

    def close_connections(self, *, timeout_seconds: float) -> None:
        with self._lock:
            connections = dict(self._open)
        for connection in connections:
            if isinstance(connection, socket.socket):
                _stop_reading(connection)
        deadline = time.monotonic() + timeout_seconds
        for thread in connections.values():
            thread.join(max(0, deadline - time.monotonic()))


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((host.bound(), port), backlog=128)
    except OSError as error:
        raise PortInUse(f"port {port} on {host.bound()} is in use; choose another, as in make run PORT=9000") from error


def _stop_reading(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the client has closed it
        connection.shutdown(socket.SHUT_RD)
