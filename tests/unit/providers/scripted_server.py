"""A fake provider server that sends scripted responses and records the requests."""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Misbehavior = Callable[[BaseHTTPRequestHandler], object]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.content))


class ScriptedServer:
    """Sends the responses in the order they were added; a request without one gets a 500."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._script: deque[Misbehavior] = deque()
        self.released = threading.Event()  # set at the end of the test; a misbehavior may wait for it
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def respond(self, body: object, *, http_status: int = 200) -> None:
        self.respond_raw(json.dumps(body).encode(), http_status=http_status)

    def respond_raw(self, content: bytes, *, http_status: int = 200, **headers: str) -> None:
        def respond_once(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(http_status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            if "Content_Length" not in headers:
                handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self._script.append(respond_once)

    def misbehave(self, misbehavior: Misbehavior) -> None:
        self._script.append(misbehavior)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                scripted.requests.append(Request(self.command, self.path, dict(self.headers.items()), content))
                step = scripted._script.popleft() if scripted._script else lambda it: it.send_error(500)
                try:
                    step(self)
                except ConnectionError:
                    self.close_connection = True  # the client abandoned a bad response

            do_POST = do_GET  # noqa: N815
            do_PUT = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing, because the requests are recorded."""

        return Handler
