"""In place of the CDN: a server that passes requests to the emulated API, and serves saved files from the bucket."""

from collections.abc import Callable, Iterable
from typing import Any

import requests
from werkzeug import Request, Response

from local.http_server import Server
from local.tools.emulate.emulator import Emulator

_DROPPED = {"connection", "content-encoding", "content-length", "transfer-encoding"}


class Front:
    """Serves on 127.0.0.1. `open` names the API, its CDN's key and the bucket, which the deployment creates."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._api = self._bucket = self._key = ""
        self._server = Server(self._respond)
        self.url = self._server.url

    def open(self, *, api: str, bucket: str, key: str) -> None:
        self._api, self._bucket, self._key = api, bucket, key

    def __enter__(self) -> "Front":
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        is_file = request.path.startswith("/media/")
        path = f"/{self._bucket}{request.path}" if is_file else request.full_path.rstrip("?")
        headers = {name: value for name, value in request.headers if name.lower() != "host"}
        if not is_file:
            headers |= {"Host": f"{self._api}.execute-api.127.0.0.1", "x-keepreel-cdn": self._key}
        answer = requests.request(
            request.method, self._emulator.endpoint + path, headers=headers, data=request.get_data(), timeout=60
        )
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _DROPPED]
        return Response(answer.content, status=answer.status_code, headers=kept)(environ, start_response)
