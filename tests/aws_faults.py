"""Faults of AWS below every client: botocore's HTTP session raises an error, or returns an error response."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore import exceptions
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import ProtocolError, ReadTimeoutError, SSLError

from keepreel import pause

Fault = Callable[[Any], Any]  # takes botocore's request; returns a response or raises

_URL, _CAUSE = "https://aws.example", "the connection broke"

# Errors without any response. botocore sets their `response` to None, or does not set it.
NO_RESPONSE: dict[str, Exception] = {
    "read timeout": exceptions.ReadTimeoutError(endpoint_url=_URL, error=_CAUSE),
    "connect timeout": exceptions.ConnectTimeoutError(endpoint_url=_URL, error=_CAUSE),
    "no connection": exceptions.EndpointConnectionError(endpoint_url=_URL, error=_CAUSE),
    "connection closed": exceptions.ConnectionClosedError(endpoint_url=_URL, error=_CAUSE),
    "proxy error": exceptions.ProxyConnectionError(proxy_url=_URL, error=_CAUSE),
    "TLS error": exceptions.SSLError(endpoint_url=_URL, error=OSError(_CAUSE)),
    "HTTP client error": exceptions.HTTPClientError(error=_CAUSE),
    "broken stream": exceptions.ResponseStreamingError(error=_CAUSE),
    "short body": exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    "no credentials": exceptions.CredentialRetrievalError(provider="role", error_msg=_CAUSE),
}
BUSY = {
    "ThrottlingException": 400,
    "ProvisionedThroughputExceededException": 400,
    "RequestLimitExceeded": 400,
    "TransactionInProgressException": 400,
    "TooManyRequestsException": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}
REFUSED = {
    "AccessDeniedException": 400,
    "ResourceNotFoundException": 400,
    "ValidationException": 400,
    "AccessDenied": 403,
}

# Errors of urllib3 while a body is read; botocore converts the first and the last one.
BROKEN = (ProtocolError("closed"), SSLError("bad record"), ReadTimeoutError(None, None, "slow"))  # type: ignore[arg-type]


def raises(error: Exception) -> Fault:
    def fault(_request: Any) -> Any:
        raise error

    return fault


def answers(code: str, status: int) -> Fault:
    """Answer with an AWS error: XML for S3, JSON for the other services."""

    def fault(request: Any) -> AWSResponse:
        is_json = b"x-amz-json" in _header(request, "Content-Type") or "/functions/" in request.url  # of Lambda
        text = json.dumps({"__type": code, "message": "refused"})
        return _response(request, status, text if is_json else f"<Error><Code>{code}</Code></Error>")

    return fault


def answers_html(request: Any) -> AWSResponse:
    """Answer as a load balancer does that reaches no server."""
    return _response(request, 503, "<html>Service Unavailable</html>")


def breaks_off(error: Exception) -> Fault:
    """Answer with an object whose body raises this error of urllib3 while it is read."""

    def read(*_: Any) -> bytes:
        raise error

    def fault(request: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, _headers({"content-length": "9", "etag": "x"}), SimpleNamespace(read=read))

    return fault


def lost_reply(send: Callable[..., Any], session: Any, request: Any) -> Any:
    """Run the request, and lose its reply."""
    send(session, request).raw.close()
    raise exceptions.ReadTimeoutError(endpoint_url=request.url, error=_CAUSE)


class Plan:
    """Number the AWS calls that are made meanwhile, and let some of them fail, with all the SDK's retries."""

    def __init__(self, decide: Callable[[int], Fault | None]) -> None:
        self._decide = decide
        self._lock = Lock()
        self._last = b""
        self._fault: Fault | None = None
        self.calls = 0
        self.faults = 0

    def fault(self, request: Any) -> Fault | None:
        """Return the fault of this request. A repeated request is a retry of the SDK, so it fails in the same way."""
        call = _header(request, "amz-sdk-invocation-id")
        assert call
        with self._lock:
            if call != self._last:
                self._last, self._fault = call, self._decide(self.calls)
                self.calls += 1
            self.faults += self._fault is not None
            return self._fault


@contextmanager
def aws_faults(
    decide: Callable[[int], Fault | None] = lambda _: None,
    *,
    at_request: Callable[[Any], Fault | None] = lambda _: None,
) -> Iterator[Plan]:
    """Let AWS calls fail by their number, or single requests. The SDK's pauses between its retries are left out."""
    plan, send = Plan(decide), URLLib3Session.send

    def faulty(session: Any, request: Any) -> Any:
        fault = plan.fault(request) or at_request(request)
        if fault is None:
            return send(session, request)
        return lost_reply(send, session, request) if fault is LOST_REPLY else fault(request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(URLLib3Session, "send", faulty)
        patched.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
        yield plan
    pause.forget()  # after a failed read, it is not read again for some seconds


def LOST_REPLY(_request: Any) -> Any:  # noqa: N802  # stands for `lost_reply`, which needs the real session
    raise AssertionError


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def _response(request: Any, status: int, text: str) -> AWSResponse:
    return AWSResponse(request.url, status, _headers({"content-length": str(len(text))}), _Body(text.encode()))


def _headers(values: dict[str, str]) -> Any:
    """Return headers as botocore reads them; its type annotation names another class."""
    return HeadersDict(values)


def _header(request: Any, name: str) -> bytes:
    value = request.headers.get(name) or b""
    return value if isinstance(value, bytes) else str(value).encode()
