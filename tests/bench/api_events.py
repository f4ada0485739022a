"""Invoke handlers in this process, with events as the gateway sends them."""

import importlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

_SECONDS = 300  # more than any function reserves


@dataclass(frozen=True, kw_only=True)
class Context:
    """The part of Lambda's context object that handlers use."""

    function_name: str = "bench"
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
    memory_limit_in_mb: int = 512
    aws_request_id: str = "bench"
    function_version: str = "$LATEST"
    log_group_name: str = "bench"
    log_stream_name: str = "bench"
    deadline: float = field(default_factory=lambda: time.monotonic() + _SECONDS)

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def event(
    method: str,
    path: str,
    *,
    user: str | None = None,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return an event of an HTTP API, format 2.0. `user` is the subject of the user's token."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench"}
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"accept": "application/json", "host": "api.example.com", **(headers or {})},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": http,
            "requestId": str(uuid4()),
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "21/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795262400000,
        },
        "isBase64Encoded": False,
    }
    if query:
        made["queryStringParameters"] = dict(query)
    if user:
        claims = {"sub": user, "token_use": "access", "client_id": "client"}
        made["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    if body is not None:
        made["headers"]["content-type"] = "application/json"
        made["body"] = json.dumps(body)
    return made


def invoke(folder: str, event: Mapping[str, Any]) -> Any:
    """Run the handler of functions/<folder> on the event and return its result."""
    handler = importlib.import_module(f"functions.{folder}.app").lambda_handler
    return handler(dict(event), Context())


def send(folder: str, method: str, path: str, **more: Any) -> dict[str, Any]:
    """Invoke an API function and return its JSON response, {} for another one. Raises AssertionError for a problem."""
    response = invoke(folder, event(method, path, **more))
    assert response["statusCode"] < 400, response
    body = response.get("body") or ""
    return dict(json.loads(body)) if body.startswith("{") else {}
