"""One request to Kling, and its answer out of Kling's envelope."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from keepreel.logs import logger
from keepreel.providers import http
from keepreel.providers.http import Reply, speakable
from keepreel.providers.kling.auth import credentials
from keepreel.settings import settings

_AUTHENTICATION = range(1000, 1005)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Kling said. `code` is its service code, None where the body is not Kling's envelope.

    Errors may come without `data`. `message` is Kling's own words: for choosing, never for showing.
    """

    http_status: int
    code: int | None = None
    message: str = field(default="", repr=False)
    data: object = field(default=None, repr=False)

    @property
    def is_accepted(self) -> bool:
        return self.code == 0 and 200 <= self.http_status < 300

    def __str__(self) -> str:
        return f"Kling answered HTTP {self.http_status}, code {self.code}"


def send(
    method: Literal["GET", "POST"],
    path: str,
    *,
    body: dict[str, Any] | None = None,
    video_id: str,
    unspoken: Collection[str | None],
) -> Answer:
    """Sends one request; if Kling refuses our keys, in which case it took nothing, once more with keys read afresh.

    Raises Busy when nothing was sent, OutcomeUnknown when something was and no answer came, AccountProblem when we
    have no usable keys. `unspoken` are texts that must not reach the log, should Kling quote them.
    """
    for fresh in (False, True):
        token = credentials(fresh=fresh).token(path)
        answer, request_id = _exchange(method, path, body, token=token)
        _log(method, answer, video_id=video_id, request_id=request_id, unspoken=(token, *unspoken))
        if not (answer.http_status == 401 and answer.code in _AUTHENTICATION):
            break
    return answer


def _exchange(
    method: Literal["GET", "POST"], path: str, body: dict[str, Any] | None, *, token: str
) -> tuple[Answer, str]:
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    content = None if body is None else http.as_json(body)
    return _read(
        http.exchange(method, settings().kling_base_url + path, provider="Kling", headers=headers, content=content)
    )


def _read(reply: Reply) -> tuple[Answer, str]:
    envelope = reply.json()
    if envelope is None or type(envelope.get("code")) is not int:
        return Answer(http_status=reply.http_status), ""
    answer = Answer(
        http_status=reply.http_status,
        code=envelope["code"],
        message=str(envelope.get("message") or ""),
        data=envelope.get("data"),
    )
    return answer, str(envelope.get("request_id") or "")[:100]


def _log(method: str, answer: Answer, *, video_id: str, request_id: str, unspoken: Collection[str | None]) -> None:
    log = logger.debug if method == "GET" and answer.is_accepted else logger.info
    log(
        "Kling answered",
        extra={
            "provider": "kling",
            "video_id": video_id,
            "http_status": answer.http_status,
            "service_code": answer.code,
            "request_id": speakable(request_id, unspoken=unspoken),
            "provider_words": speakable(answer.message, unspoken=unspoken),
        },
    )
