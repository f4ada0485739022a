"""The HTTP API on 127.0.0.1: does the work of API Gateway, and serves media files in place of the CDN."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from local.api import media_files, proxy_events
from local.api.authorizer import Authorizer, Unauthorized
from local.api.media_files import MediaFiles
from local.api.proxy_events import BadResponse, HttpRequest, HttpResponse, message
from local.api.routes import Api, Route, Throttle
from local.aws.handlers import InvocationResult
from local.aws.lambda_invoker import Invoker

_MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_EVENT_BYTES = 6 * 1024 * 1024


class Gateway:
    """A WSGI application with the template's routes."""

    def __init__(
        self,
        api: Api,
        *,
        invoker: Invoker,
        media: MediaFiles,
        jwks_url: str,
        timeout_seconds: float = 30,
    ) -> None:
        self._api = api
        self._invoker = invoker
        self._media = media
        self._timeout_seconds = timeout_seconds
        self._authorizers = {name: Authorizer(rules, jwks_url=jwks_url) for name, rules in api.authorizers.items()}
        self._buckets = {key: _TokenBucket(throttle) for key, throttle in _throttles(api).items()}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        result = self._respond(Request(environ), environ=environ)
        response = Response([result.body] if isinstance(result.body, bytes) else result.body, status=result.status)
        response.headers.clear()
        response.headers.extend(list(result.headers))
        return response(environ, start_response)

    def _respond(self, raw: Request, *, environ: Mapping[str, Any]) -> HttpResponse:
        raw.max_content_length = _MAX_BODY_BYTES
        try:
            request = _request(raw, environ=environ)
        except RequestEntityTooLarge:
            return message(413, "Request Entity Too Large")
        if request.raw_path.startswith(media_files.PREFIX):
            return self._media.respond(request)
        origin = request.headers.get("origin")
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            return HttpResponse(status=204, headers=self._api.cors.for_preflight(origin).items())
        response = self._route(request)
        # The gateway's CORS headers replace those of the function.
        own = [(name, value) for name, value in response.headers if not name.startswith("access-control-")]
        headers = [*own, *self._api.cors.for_response(origin).items()]
        return HttpResponse(status=response.status, headers=headers, body=response.body)

    def _route(self, request: HttpRequest) -> HttpResponse:
        found = self._api.route(request.method, request.raw_path)
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        if not self._has_token(route):
            return message(429, "Too Many Requests")
        try:
            claims = self._claims(route, request=request)
        except Unauthorized as error:
            return _unauthorized(str(error))
        event = proxy_events.event(request, route=route, parameters=parameters, claims=claims, api_id=self._api.id)
        if len(json.dumps(event)) > _MAX_EVENT_BYTES:
            return message(413, "Request Entity Too Large")
        return self._invoke(route.function, event=event)

    def _has_token(self, route: Route) -> bool:
        bucket = self._buckets.get(route.key) or self._buckets.get("")
        return bucket is None or bucket.take()

    def _claims(self, route: Route, *, request: HttpRequest) -> dict[str, str] | None:
        if route.authorizer is None:
            return None
        return self._authorizers[route.authorizer].claims(dict(request.headers))

    def _invoke(self, function: str, *, event: dict[str, Any]) -> HttpResponse:
        result = self._invoke_with_timeout(function, event=event)
        if result is None:
            return message(503, "Service Unavailable")
        if result.is_error:
            return message(500, "Internal Server Error")
        try:
            return proxy_events.response(result.value)
        except BadResponse:
            return message(500, "Internal Server Error")

    def _invoke_with_timeout(self, function: str, *, event: dict[str, Any]) -> InvocationResult | None:
        """Return the result, or None after the timeout. The function keeps running, as on Lambda."""
        results: list[InvocationResult] = []
        run = threading.Thread(target=lambda: results.append(self._invoker.invoke(function, event)), daemon=True)
        run.start()
        run.join(self._timeout_seconds)
        return results[0] if results else None


class _TokenBucket:
    """Allows a burst at once, then a steady rate."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._tokens = float(throttle.burst)
        self._filled_at = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            now = time.monotonic()
            filled = self._tokens + (now - self._filled_at) * self._throttle.per_second
            self._tokens, self._filled_at = min(filled, self._throttle.burst), now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def _throttles(api: Api) -> dict[str, Throttle]:
    """Return the throttles by route key. The empty key applies to all routes without their own throttle."""
    default = {} if api.default_throttle is None else {"": api.default_throttle}
    return {**default, **api.throttles}


def _request(raw: Request, *, environ: Mapping[str, Any]) -> HttpRequest:
    raw_path, _, query = environ["RAW_URI"].partition("?")
    forwarded = {"x-forwarded-for": raw.remote_addr or "", "x-forwarded-proto": "http"}
    return HttpRequest(
        method=raw.method,
        raw_path=raw_path,
        query=query,
        headers={**{name.lower(): value for name, value in raw.headers.items()}, **forwarded},
        body=raw.get_data(),
        source_ip=raw.remote_addr or "",
    )


def _unauthorized(reason: str) -> HttpResponse:
    challenge = f'Bearer scope="" error="invalid_token" error_description="{_quotable(reason)}"' if reason else "Bearer"
    return message(401, "Unauthorized", headers={"www-authenticate": challenge})


def _quotable(reason: str) -> str:
    return "".join(it for it in reason if it.isprintable() and it.isascii() and it not in '"\\')
