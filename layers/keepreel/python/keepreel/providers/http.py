"""One request to a provider and its answer, within bounds of time and size."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic
from typing import Any, Literal

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from keepreel.errors import Busy, OutcomeUnknown

_TIMEOUTS = (3, 25)  # seconds to connect and for each part sent, and for each read
_WALL_CLOCK_SECONDS = 30  # an answer that drips would pass each of its reads
_MOST_BYTES = 1_000_000
_MOST_WORDS = 500


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back, whatever it is."""

    http_status: int
    content: bytes = field(repr=False)

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object; None when it is anything else."""
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


def exchange(
    method: Literal["GET", "POST", "PUT"],
    url: str,
    *,
    provider: str,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> Reply:
    """Sends one request, once. Raises Busy when nothing was sent, OutcomeUnknown when something was and no answer came.

    `provider` is its name as our log and our errors tell it.
    """
    give_up_at = monotonic() + _WALL_CLOCK_SECONDS
    # A session for each request: a kept connection that the provider has closed would look like a lost answer.
    with _Session() as session:
        session.trust_env = False  # neither a proxy nor a .netrc of the machine may see or change the request
        try:
            with session.request(
                method,
                url,
                data=None if content is None else _Sending(content, give_up_at=give_up_at),
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
                timeout=_TIMEOUTS,
                allow_redirects=False,
                stream=True,
            ) as response:
                received = _received(response, provider=provider, give_up_at=give_up_at)
                return Reply(http_status=response.status_code, content=received)
        except (OSError, HTTPError) as error:  # requests raises the first, urllib3 the second
            raise _meaning(error, provider=provider) from None  # its text may quote the request's headers


def as_json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, allow_nan=False).encode()


def speakable(words: object, *, unspoken: Collection[str | None]) -> str:
    """A provider's words, fit for the log: short, and without what must not stand there."""
    text = str(words or "")
    for secret in unspoken:
        if secret:
            text = text.replace(secret, "[…]")
    return text[:_MOST_WORDS]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: told not to follow a redirect, requests would still read its whole body, whatever its size."""


class _Sending(BytesIO):
    """What is sent, part by part: in one piece it would have to leave within the seconds meant for connecting."""

    def __init__(self, content: bytes, *, give_up_at: float) -> None:
        super().__init__(content)
        self._give_up_at = give_up_at

    def read(self, size: int | None = -1, /) -> bytes:
        if monotonic() > self._give_up_at:
            raise TimeoutError("sending took too long")
        return super().read(size)


def _received(response: requests.Response, *, provider: str, give_up_at: float) -> bytes:
    content = bytearray()
    # read1, since read waits until it has all that it was asked for.
    while chunk := response.raw.read1(65_536, decode_content=True):
        content += chunk
        if len(content) > _MOST_BYTES or monotonic() > give_up_at:
            raise OutcomeUnknown(f"{provider}'s answer is too long or too slow to be one")
    return bytes(content)


def _meaning(error: Exception, *, provider: str) -> Busy | OutcomeUnknown:
    # requests calls both "could not connect" and "cut off after sending" a ConnectionError; urllib3's reason tells.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return Busy(f"no connection to {provider}: {type(reason).__name__}")
    return OutcomeUnknown(f"no answer from {provider}: {type(error).__name__}")
