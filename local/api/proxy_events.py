"""Convert HTTP requests and responses to and from the HTTP API's payload format 2.0."""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

from local.api.routes import Route
from local.aws.template import ACCOUNT_ID, Json

_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript")


class BadResponse(Exception):
    """The function returned a value that the HTTP API cannot convert."""


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    method: str
    raw_path: str  # as received, percent-encoded
    query: str
    headers: Mapping[str, str]  # names in lower case, repeated headers joined by commas
    body: bytes = field(repr=False)
    source_ip: str

    @property
    def path(self) -> str:
        return unquote(self.raw_path)


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    status: int
    headers: Iterable[tuple[str, str]] = ()
    body: bytes | Iterable[bytes] = field(default=b"", repr=False)


def message(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a response of the gateway itself."""
    own = {"content-type": "application/json", **(headers or {})}
    return HttpResponse(status=status, headers=tuple(own.items()), body=json.dumps({"message": text}).encode())


def event(
    request: HttpRequest,
    *,
    route: Route,
    parameters: Mapping[str, str],
    claims: Mapping[str, str] | None,
    api_id: str,
) -> dict[str, Json]:
    """Return the event for the route's function. Empty parts are left out, as by API Gateway."""
    body, is_base64 = _body(request)
    optional = {
        "cookies": [it.strip() for it in request.headers.get("cookie", "").split(";") if it.strip()],
        "queryStringParameters": _query(request.query),
        "pathParameters": dict(parameters),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": {name: value for name, value in request.headers.items() if name != "cookie"},
        "requestContext": _context(request, route=route, claims=claims, api_id=api_id),
        "isBase64Encoded": is_base64,
        **{name: value for name, value in optional.items() if value},
    }


def response(value: Json) -> HttpResponse:
    """Return the function's result as an HTTP response. Raises BadResponse."""
    if not isinstance(value, dict) or "statusCode" not in value:
        return HttpResponse(status=200, headers=[("content-type", "application/json")], body=json.dumps(value).encode())
    try:
        headers = {str(name).lower(): _header(it) for name, it in (value.get("headers") or {}).items()}
        headers.setdefault("content-type", "text/plain")
        cookies = [("set-cookie", str(it)) for it in value.get("cookies") or []]
        body = value.get("body") or ""
        content = base64.b64decode(body, validate=True) if value.get("isBase64Encoded") else body.encode()
        return HttpResponse(status=int(value["statusCode"]), headers=[*headers.items(), *cookies], body=content)
    except (AttributeError, TypeError, ValueError) as error:
        raise BadResponse(str(error)) from error


def _context(request: HttpRequest, *, route: Route, claims: Mapping[str, str] | None, api_id: str) -> dict[str, Json]:
    now = datetime.now(UTC)
    domain = request.headers.get("host", "")
    authorizer = {} if claims is None else {"authorizer": {"jwt": {"claims": dict(claims), "scopes": None}}}
    return {
        "accountId": ACCOUNT_ID,
        "apiId": api_id,
        **authorizer,
        "domainName": domain,
        "domainPrefix": domain.split(".", maxsplit=1)[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route.key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _body(request: HttpRequest) -> tuple[str, bool]:
    kind = request.headers.get("content-type", "text/plain").strip().lower()
    if kind.startswith(_TEXT_TYPES) or kind.split(";")[0].endswith("+json"):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # declared as text, but not valid UTF-8
    return base64.b64encode(request.body).decode(), True


def _query(query: str) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return {name: ",".join(them) for name, them in values.items()}


def _header(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if "\r" in text or "\n" in text:
        raise ValueError("a header value contains a line break")
    return text
