"""One request to Higgsfield, and its answer as far as it can be read."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from keepreel.errors import AccountProblem
from keepreel.logs import logger
from keepreel.providers import credentials, http
from keepreel.providers.http import Reply, speakable
from keepreel.providers.json_values import mapping, sequence, text
from keepreel.settings import settings

# Plain and honest. A guard before Higgsfield is said to turn away the names that libraries give themselves.
USER_AGENT = "Keepreel/1.0"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Higgsfield said. `body` is None where it is not a JSON object.

    `words` are its own, on what is wrong, without ours that it may have quoted: for choosing, never for showing.
    """

    http_status: int
    body: dict[str, Any] | None = field(default=None, repr=False)
    words: str = field(default="", repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.http_status < 300

    @property
    def is_own_error(self) -> bool:
        """Whether it is an error in Higgsfield's own shape, and not one of a gateway on the way."""
        return not self.is_success and bool(self.words) and not {"title", "status"} & mapping(self.body).keys()

    def __str__(self) -> str:
        return f"Higgsfield answered HTTP {self.http_status}"


def send(
    method: Literal["GET", "POST"],
    path: str,
    *,
    body: dict[str, Any] | None = None,
    idempotency_key: str | None = None,
    video_id: str | None,
    unspoken: Collection[str | None],
) -> Answer:
    """Sends one request; if Higgsfield refuses our keys, in which case it took nothing, once more with fresh ones.

    Raises Busy when nothing was sent, OutcomeUnknown when something was and no answer came, AccountProblem when we
    have no usable keys. `unspoken` are texts that must not reach the log, should Higgsfield quote them.
    """
    for fresh in (False, True):
        key = _key(fresh=fresh)
        reply = _exchange(method, path, body, key=key, idempotency_key=idempotency_key)
        answer = _read(reply, unspoken=(key, *key.split(":"), *unspoken))
        _log(method, answer, video_id=video_id)
        if not (answer.http_status == 401 and answer.is_own_error):
            break
    return answer


def in_words(said: object) -> str:
    """What a `detail` or an `error` says: a text, or a list of problems, of which each names its field."""
    problems = said if isinstance(said, list) else [said]
    return "; ".join(filter(None, map(_problem, problems)))


def _problem(said: object) -> str:
    if not isinstance(said, dict):
        return text(said) or ""
    # Not its `input`, which is what we sent.
    where = ".".join(filter(None, map(text, sequence(said.get("loc")))))
    return ": ".join(filter(None, (where, *(text(said.get(name)) for name in ("code", "message", "msg")))))


def _key(*, fresh: bool) -> str:
    """`<key id>:<secret>`; our secret holds it whole or as its two parts."""
    secret = credentials.held(settings().higgsfield_secret_name, provider="Higgsfield", fresh=fresh)
    names = ("key",) if "key" in secret else ("key_id", "key_secret")
    key = ":".join(credentials.usable(secret, name, provider="Higgsfield") for name in names)
    if not all(key.partition(":")):
        raise AccountProblem("the Higgsfield secret lacks a usable key, which is <key id>:<secret>")
    return key


def _exchange(
    method: Literal["GET", "POST"],
    path: str,
    body: dict[str, Any] | None,
    *,
    key: str,
    idempotency_key: str | None,
) -> Reply:
    headers = {"Authorization": f"Key {key}", "User-Agent": USER_AGENT}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    content = None if body is None else http.as_json(body)
    url = settings().higgsfield_base_url + path
    return http.exchange(method, url, provider="Higgsfield", headers=headers, content=content)


def _read(reply: Reply, *, unspoken: Collection[str | None]) -> Answer:
    body = reply.json()
    said = in_words(mapping(body).get("detail"))
    return Answer(http_status=reply.http_status, body=body, words=speakable(said, unspoken=unspoken))


def _log(method: str, answer: Answer, *, video_id: str | None) -> None:
    log = logger.debug if method == "GET" and answer.is_success else logger.info
    log(
        "Higgsfield answered",
        extra={
            "provider": "higgsfield",
            "video_id": video_id,
            "http_status": answer.http_status,
            "provider_words": answer.words,
        },
    )
