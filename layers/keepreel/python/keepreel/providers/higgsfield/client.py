"""Higgsfield client: send one request and read the response."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from keepreel.errors import AccountProblem
from keepreel.logs import logger
from keepreel.providers import credentials, http, registry
from keepreel.providers.http import redact
from keepreel.providers.json_values import mapping, sequence, text

# Higgsfield's bot protection is reported to block the default user agents of HTTP libraries.
USER_AGENT = "Keepreel/1.0"


@dataclass(frozen=True, kw_only=True)
class HiggsfieldResponse:
    """A response. `body` is None if it is not a JSON object.

    `message` is Higgsfield's error text with our own values redacted: parse it, but never show it to people.
    """

    http_status: int
    body: dict[str, Any] | None = field(default=None, repr=False)
    message: str = field(default="", repr=False)
    correlation_id: str = ""  # names the request when the operator asks Higgsfield about it

    @property
    def is_success(self) -> bool:
        return 200 <= self.http_status < 300

    @property
    def is_own_error(self) -> bool:
        """True for an error in Higgsfield's own format, False for one from a gateway in between."""
        return not self.is_success and bool(self.message) and not {"title", "status"} & mapping(self.body).keys()

    def __str__(self) -> str:
        return f"Higgsfield returned HTTP {self.http_status}"


def send(
    method: Literal["GET", "POST"],
    path: str,
    *,
    body: dict[str, Any] | None = None,
    idempotency_key: str | None = None,
    video_id: str | None,
    redacted: Collection[str | None],
    max_seconds: float | None = None,
) -> HiggsfieldResponse:
    """Send one request. If Higgsfield rejects the key, and so has accepted nothing, send it once more with a fresh key.

    Raises Busy if nothing was sent, OutcomeUnknown if the request was sent but no response arrived, and AccountProblem
    if the secret has no usable key. `redacted` values never reach the log, even if Higgsfield quotes them.
    """
    for fresh in (False, True):
        key = _key(fresh=fresh)
        raw = _send_once(method, path, body, key=key, idempotency_key=idempotency_key, max_seconds=max_seconds)
        response = _read(raw, redacted=(key, *key.split(":"), *redacted))
        _log(method, response, video_id=video_id)
        if not (response.http_status == 401 and response.is_own_error):
            break
    return response


def message_text(detail: object) -> str:
    """Return a `detail` or `error` field as text. It is a string, or a list of problems that each name a field."""
    problems = detail if isinstance(detail, list) else [detail]
    return "; ".join(filter(None, map(_problem_text, problems)))


def _problem_text(problem: object) -> str:
    if not isinstance(problem, dict):
        return text(problem) or ""
    # Without the problem's `input`, which quotes our request.
    location = ".".join(filter(None, map(text, sequence(problem.get("loc")))))
    return ": ".join(filter(None, (location, *(text(problem.get(name)) for name in ("code", "message", "msg")))))


def _key(*, fresh: bool) -> str:
    """Return `<key id>:<secret>`; the secret in AWS holds it as one value or as two."""
    secret = credentials.read_secret(registry.info("higgsfield").secret_name(), title="Higgsfield", fresh=fresh)
    names = ("key",) if "key" in secret else ("key_id", "key_secret")
    key = ":".join(credentials.key(secret, name, title="Higgsfield") for name in names)
    if not all(key.partition(":")):
        raise AccountProblem("the Higgsfield secret has no usable key; the format is <key id>:<secret>")
    return key


def _send_once(
    method: Literal["GET", "POST"],
    path: str,
    body: dict[str, Any] | None,
    *,
    key: str,
    idempotency_key: str | None,
    max_seconds: float | None,
) -> http.Response:
    headers = {"Authorization": f"Key {key}", "User-Agent": USER_AGENT}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    content = None if body is None else http.json_body(body)
    url = registry.info("higgsfield").base_url() + path
    return http.request(method, url, title="Higgsfield", headers=headers, content=content, max_seconds=max_seconds)


def _read(raw: http.Response, *, redacted: Collection[str | None]) -> HiggsfieldResponse:
    body = raw.json()
    detail = message_text(mapping(body).get("detail"))
    return HiggsfieldResponse(
        http_status=raw.http_status,
        body=body,
        message=redact(detail, redacted=redacted),
        correlation_id=redact(raw.headers.get("x-correlation-id"), redacted=redacted)[:100],
    )


def _log(method: str, response: HiggsfieldResponse, *, video_id: str | None) -> None:
    log = logger.debug if method == "GET" and response.is_success else logger.info
    log(
        "Higgsfield response",
        extra={
            "provider": "higgsfield",
            "video_id": video_id,
            "http_status": response.http_status,
            "correlation_id": response.correlation_id,
            "provider_message": response.message,
        },
    )
