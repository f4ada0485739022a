"""AWS calls of this process without a socket: botocore's HTTP session calls the moto server's application."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, should_preserve_original_header_name
from urllib3 import HTTPResponse
from werkzeug.exceptions import InternalServerError

from local.aws.moto_server import MotoServer
from local.http_server import WsgiApp

_HOSTS = ("127.0.0.1", "localhost")  # moto's Step Functions interpreter calls Lambda on localhost


@contextmanager
def direct_calls(server: MotoServer) -> Iterator[None]:
    """Answer botocore's requests to this server in the caller's thread, which takes half of the CPU of HTTP.

    A request to another address is sent as before.
    """
    send = URLLib3Session.send
    servers = tuple(f"http://{host}:{server.port}/" for host in _HOSTS)

    def sent(session: URLLib3Session, request: Any) -> Any:
        return _response(server.respond, request) if request.url.startswith(servers) else send(session, request)

    URLLib3Session.send = sent  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        URLLib3Session.send = send  # type: ignore[method-assign]


def _response(app: WsgiApp, request: Any) -> Any:
    status, headers, body = _run(app, _environ(request))
    raw = HTTPResponse(BytesIO(body), headers=dict(headers), status=status, preload_content=False, decode_content=False)
    response: Any = AWSResponse(request.url, status, raw.headers, raw)  # type: ignore[arg-type]
    if not request.stream_output:
        response._content = body
    return response


def _environ(request: Any) -> dict[str, Any]:
    """Return the WSGI environment that moto's request handler makes of the request."""
    url, body = urlsplit(request.url), _body(request)
    target = f"{url.path}?{url.query}" if url.query else url.path
    environ = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path).encode().decode("latin1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
    }
    return {**environ, **_variables(request.headers), "CONTENT_LENGTH": str(len(body))}


def _body(request: Any) -> bytes:
    """Return the body. A stream of S3 is in `aws-chunked` encoding, which moto decodes."""
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body
    return body.encode() if isinstance(body, str) else body


def _variables(headers: Any) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, value in headers.items():
        if name.lower() == "transfer-encoding":
            continue
        text = value.decode("latin1") if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        if should_preserve_original_header_name(name):
            names[f"HTTP_{key}"] = name
        variables[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    return {**variables, PRESERVED_HEADER_NAMES_ENVIRON_KEY: names}


def _run(app: WsgiApp, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        started.append((status, headers))

    try:
        body = _read(app(environ, start))
    except Exception:  # noqa: BLE001  # as a server answers
        body = _read(InternalServerError()(environ, start))
    status, headers = started[-1]
    return int(status.partition(" ")[0]), headers, body


def _read(chunks: Iterable[bytes]) -> bytes:
    try:
        return b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
