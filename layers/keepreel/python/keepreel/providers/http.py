"""HTTP to providers: one request and its response, bounded in time and size, never retried."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic
from typing import Any, Literal

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from keepreel import metrics
from keepreel.errors import Busy, NoConnection, OutcomeUnknown

_TIMEOUT_SECONDS = (3, 25)  # to connect and to send each part; to wait for each read
_DEADLINE_SECONDS = 30  # for the whole exchange, because a slow trickle of bytes passes every read timeout
_READ_DEADLINE_SECONDS = 12  # a GET is only repeated, and two of them fit into the step that polls
_MAX_RESPONSE_BYTES = 1_000_000
_MAX_LOGGED_CHARS = 500
_QUERY = re.compile(r"(https?://[^\s?]+)\?\S+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response with any status and any body."""

    http_status: int
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # looked up in any case

    def json(self) -> dict[str, Any] | None:
        """Return the body as a JSON object, or None if it is anything else."""
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


def request(
    method: Literal["GET", "POST", "PUT"],
    url: str,
    *,
    title: str,
    headers: Mapping[str, str],
    content: bytes | None = None,
    max_seconds: float | None = None,
) -> Response:
    """Send one request once. `title` is the provider's name in error messages; `max_seconds` bounds the exchange.

    Raises Busy if nothing was sent, and OutcomeUnknown if the request was sent but no complete response arrived, or a
    redirect. A redirect is never followed.

    The average of the metric `ProviderUnreachable` is the share of requests without a response or with a server error.
    """
    is_answered = False
    try:
        response = _exchange(method, url, title=title, headers=headers, content=content, max_seconds=max_seconds)
        is_answered = response.http_status < 500
        return response
    finally:
        metrics.measure({"ProviderUnreachable": 0 if is_answered else 1}, provider=title.lower())


def _exchange(
    method: Literal["GET", "POST", "PUT"],
    url: str,
    *,
    title: str,
    headers: Mapping[str, str],
    content: bytes | None,
    max_seconds: float | None,
) -> Response:
    connect_seconds, read_seconds = _TIMEOUT_SECONDS
    max_seconds = max_seconds or (_READ_DEADLINE_SECONDS if method == "GET" else _DEADLINE_SECONDS)
    deadline = monotonic() + max_seconds
    # A session per request: a pooled connection that the provider has closed would look like a lost response.
    with _Session() as session:
        session.trust_env = False  # the machine's proxy and .netrc must not see or change the request
        try:
            with session.request(
                method,
                url,
                data=None if content is None else _RequestBody(content, deadline=deadline),
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
                timeout=(connect_seconds, min(read_seconds, max_seconds)),
                allow_redirects=False,
                stream=True,
            ) as response:
                _check_is_no_redirect(response, title=title)
                received = _read(response, title=title, deadline=deadline)
                return Response(http_status=response.status_code, content=received, headers=response.headers)
        except (OSError, HTTPError) as error:  # requests raises OSErrors, urllib3 raises HTTPErrors
            raise _outcome(error, title=title) from None  # the error's text may quote the request headers


def json_body(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, allow_nan=False).encode()


def redact(text: object, *, redacted: Collection[str | None]) -> str:
    """Return a provider's text for the log: at most 500 characters, with the `redacted` values replaced.

    The queries of URLs are replaced too, because they may be signatures.
    """
    shown = str(text or "")
    for value in redacted:
        if value:
            shown = shown.replace(value, "[…]")
    shown = _QUERY.sub(r"\1?[…]", shown)
    return shown[:_MAX_LOGGED_CHARS]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None always. Even with allow_redirects=False, requests reads a redirect's whole body, of any size."""


class _RequestBody(BytesIO):
    """A body that is sent in parts. Sent in one piece, it would have to leave within the connect timeout."""

    def __init__(self, content: bytes, *, deadline: float) -> None:
        super().__init__(content)
        self._deadline = deadline

    def read(self, size: int | None = -1, /) -> bytes:
        if monotonic() > self._deadline:
            raise TimeoutError("sending took too long")
        return super().read(size)


def _check_is_no_redirect(response: requests.Response, *, title: str) -> None:
    if 300 <= response.status_code < 400:
        answer = f"{title} returned a redirect, HTTP {response.status_code}"
        raise OutcomeUnknown(f"{answer}; its body is not read, because it may be too large")


def _read(response: requests.Response, *, title: str, deadline: float) -> bytes:
    content = bytearray()
    # read1 returns what has arrived; read would wait for all 65,536 bytes.
    while chunk := response.raw.read1(65_536, decode_content=True):
        content += chunk
        if len(content) > _MAX_RESPONSE_BYTES or monotonic() > deadline:
            raise OutcomeUnknown(f"the response from {title} is too large or too slow")
    return bytes(content)


def _outcome(error: Exception, *, title: str) -> Busy | OutcomeUnknown:
    # requests raises ConnectionError both for "could not connect" and for "closed after sending"; urllib3's reason
    # distinguishes the two.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return NoConnection(f"no connection to {title}: {type(reason).__name__}")
    return OutcomeUnknown(f"no response from {title}: {type(error).__name__}")
