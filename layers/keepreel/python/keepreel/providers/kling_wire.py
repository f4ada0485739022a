"""One request to Kling and its answer, within bounds of time and size."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from keepreel.errors import Busy, OutcomeUnknown
from keepreel.logs import logger
from keepreel.providers.kling_auth import credentials
from keepreel.settings import settings

_TIMEOUTS = (3, 25)  # seconds to connect, and for each read
_WALL_CLOCK_SECONDS = 30  # an answer that drips would pass each of its reads
_MOST_BYTES = 1_000_000
_MOST_WORDS = 500
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


def speakable(words: object, *, unspoken: Collection[str | None]) -> str:
    """Kling's words, fit for the log: short, and without what must not stand there."""
    text = str(words or "")
    for secret in unspoken:
        if secret:
            text = text.replace(secret, "[…]")
    return text[:_MOST_WORDS]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: told not to follow a redirect, requests would still read its whole body, whatever its size."""


def _exchange(method: str, path: str, body: dict[str, Any] | None, *, token: str) -> tuple[Answer, str]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "identity"}
    give_up_at = monotonic() + _WALL_CLOCK_SECONDS
    # A session for each request: a kept connection that Kling has closed would look like a lost answer.
    with _Session() as session:
        session.trust_env = False  # neither a proxy nor a .netrc of the machine may see or change the request
        try:
            with session.request(
                method,
                settings().kling_base_url + path,
                json=body,
                headers=headers,
                timeout=_TIMEOUTS,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(response.status_code, _content(response, give_up_at=give_up_at))
        except (OSError, HTTPError) as error:  # requests raises the first, urllib3 the second
            raise _meaning(error) from None  # its text may quote the request's headers


def _content(response: requests.Response, *, give_up_at: float) -> bytes:
    content = bytearray()
    # read1, since read waits until it has all that it was asked for.
    while chunk := response.raw.read1(65_536, decode_content=True):
        content += chunk
        if len(content) > _MOST_BYTES or monotonic() > give_up_at:
            raise OutcomeUnknown("Kling's answer is too long or too slow to be one")
    return bytes(content)


def _read(http_status: int, content: bytes) -> tuple[Answer, str]:
    try:
        envelope = json.loads(content)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict) or type(envelope.get("code")) is not int:
        return Answer(http_status=http_status), ""
    answer = Answer(
        http_status=http_status,
        code=envelope["code"],
        message=str(envelope.get("message") or ""),
        data=envelope.get("data"),
    )
    return answer, str(envelope.get("request_id") or "")[:100]


def _meaning(error: Exception) -> Busy | OutcomeUnknown:
    # requests calls both "could not connect" and "cut off after sending" a ConnectionError; urllib3's reason tells.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return Busy(f"no connection to Kling: {type(reason).__name__}")
    return OutcomeUnknown(f"no answer from Kling: {type(error).__name__}")


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
