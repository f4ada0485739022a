"""Kling client: send one request and read Kling's response envelope."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from keepreel.logs import logger
from keepreel.providers import http, registry
from keepreel.providers.http import redact
from keepreel.providers.kling.auth import authentication

_AUTHENTICATION_CODES = range(1000, 1005)


@dataclass(frozen=True, kw_only=True)
class KlingResponse:
    """A response. `code` is Kling's service code, or None if the body is not Kling's envelope; a message may
    come without a code, too.

    Errors may come without `data`. `message` is Kling's own text: parse it, but never show it to people.
    """

    http_status: int
    code: int | None = None
    message: str = field(default="", repr=False)
    data: object = field(default=None, repr=False)

    @property
    def is_accepted(self) -> bool:
        return self.code == 0 and 200 <= self.http_status < 300

    def __str__(self) -> str:
        return f"Kling returned HTTP {self.http_status}, code {self.code}"


def send(
    method: Literal["GET", "POST"],
    path: str,
    *,
    body: dict[str, Any] | None = None,
    video_id: str,
    redacted: Collection[str | None],
) -> KlingResponse:
    """Send one request. If Kling rejects the keys, and so has accepted nothing, send it once more with fresh keys.

    Raises Busy if nothing was sent, OutcomeUnknown if the request was sent but no response arrived, and AccountProblem
    if the secret has no usable keys. `redacted` values never reach the log, even if Kling quotes them.
    """
    for fresh in (False, True):
        token = authentication(fresh=fresh).token(path)
        response, request_id = _send_once(method, path, body, token=token)
        _log(method, response, video_id=video_id, request_id=request_id, redacted=(token, *redacted))
        if not (response.http_status == 401 and response.code in _AUTHENTICATION_CODES):
            break
    return response


def _send_once(
    method: Literal["GET", "POST"], path: str, body: dict[str, Any] | None, *, token: str
) -> tuple[KlingResponse, str]:
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    content = None if body is None else http.json_body(body)
    url = registry.info("kling").base_url() + path
    return _read(http.request(method, url, title="Kling", headers=headers, content=content))


def _read(response: http.Response) -> tuple[KlingResponse, str]:
    envelope = response.json()
    if envelope is None or type(envelope.get("code")) is not int:
        message = envelope and envelope.get("message")
        return KlingResponse(http_status=response.http_status, message=message if isinstance(message, str) else ""), ""
    kling_response = KlingResponse(
        http_status=response.http_status,
        code=envelope["code"],
        message=str(envelope.get("message") or ""),
        data=envelope.get("data"),
    )
    return kling_response, str(envelope.get("request_id") or "")[:100]


def _log(
    method: str, response: KlingResponse, *, video_id: str, request_id: str, redacted: Collection[str | None]
) -> None:
    log = logger.debug if method == "GET" and response.is_accepted else logger.info
    log(
        "Kling response",
        extra={
            "provider": "kling",
            "video_id": video_id,
            "http_status": response.http_status,
            "service_code": response.code,
            "provider_request_id": redact(request_id, redacted=redacted),
            "provider_message": redact(response.message, redacted=redacted),
        },
    )
