"""Send a provider's callbacks in the background: signed or not, retried, and misdelivered on demand."""

import base64
import hmac
import json
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import requests

# How callbacks are delivered. `reorder` sends the last callback of a task first, and then the earlier ones.
# `forge` changes the body after it was signed.
DELIVERIES = ("deliver", "repeat", "reorder", "forge", "drop")
_TICK_SECONDS = 0.02  # how often the clock is read while callbacks wait
_TIMEOUT_SECONDS = 10
_FORGED_URL = "https://forged.example.com/video.mp4"


@dataclass(frozen=True, kw_only=True, eq=False)
class Callback:
    """One callback of a task. `due` returns its time by the simulator's clock, which may move; math.inf means never.

    `body` returns the JSON for that time, or None if there is nothing to send.
    """

    url: str
    task_id: str
    due: Callable[[], float]
    body: Callable[[float], object | None]
    secrets: tuple[str, ...] = ()  # Standard Webhooks secrets, `whsec_…`: one signature for each; none means unsigned
    retry_after_seconds: Sequence[float] = ()  # waiting times between attempts; the last response must be a 2xx
    is_last: bool = True  # no other callback of this task follows


@dataclass(kw_only=True, eq=False)
class _Delivery:
    """A callback that is due: its bytes and headers stay the same for every attempt."""

    callback: Callback
    content: bytes
    headers: dict[str, str]
    next_at: float
    attempts: list[int | None] = field(default_factory=list)  # HTTP status of each response, None without a response

    @property
    def is_done(self) -> bool:
        status = self.attempts[-1] if self.attempts else None
        is_received = status is not None and 200 <= status < 300
        return bool(self.attempts) and (is_received or len(self.attempts) > len(self.callback.retry_after_seconds))


def is_callable(url: object) -> bool:
    """Return whether a callback may be sent to this address of a request."""
    return isinstance(url, str) and url.startswith(("https://", "http://")) and url.isascii() and url.isprintable()


def is_secret(value: str) -> bool:
    """Return whether this is a Standard Webhooks secret: `whsec_` and base64."""
    try:
        return value.startswith("whsec_") and bool(base64.b64decode(value.removeprefix("whsec_"), validate=True))
    except ValueError:
        return False


def signature(secret: str, *, id: str, timestamp: str, content: bytes) -> str:
    """Return the `v1,…` signature of Standard Webhooks over the id, the timestamp and the raw body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((id.encode(), timestamp.encode(), content))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


class CallbackSender:
    """Delivers scheduled callbacks when they are due by the simulator's clock. Opens no port."""

    def __init__(self, *, clock: Callable[[], float], delivery: Callable[[], str] = lambda: "deliver") -> None:
        self._clock = clock
        self._delivery = delivery
        self._changed = threading.Condition()  # guards the three lists below
        self._scheduled: list[Callback] = []
        self._open: list[_Delivery] = []
        self._log: list[_Delivery] = []
        self._held: dict[str, list[_Delivery]] = defaultdict(list)  # by task, while callbacks are reordered
        self._sending = threading.Lock()
        self._closing = False
        self._thread: threading.Thread | None = None

    def schedule(self, *callbacks: Callback) -> None:
        with self._changed:
            self._scheduled.extend(callbacks)
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def clear(self) -> None:
        """Forget all callbacks, as for a new account."""
        with self._changed:
            self._scheduled, self._open, self._log = [], [], []
            self._held.clear()

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Every callback that was due, oldest first, with the HTTP status of each attempt."""
        with self._changed:
            return [
                {
                    "url": it.callback.url,
                    "task_id": it.callback.task_id,
                    "body": json.loads(it.content),
                    "attempts": list(it.attempts),
                }
                for it in self._log
            ]

    def deliver_due(self) -> None:
        """Send every callback that is due now. The background thread calls it; a test may, too."""
        with self._sending:
            now = self._clock()
            self._open_due(now)
            with self._changed:
                ready = [it for it in self._open if it.next_at <= now]
            for delivery in ready:
                self._attempt(delivery, now)
            with self._changed:
                self._open = [it for it in self._open if not it.is_done]

    def _open_due(self, now: float) -> None:
        with self._changed:
            due = sorted((it for it in self._scheduled if it.due() <= now), key=lambda it: it.due())
            self._scheduled = [it for it in self._scheduled if it not in due]
            for callback in due:
                body = callback.body(callback.due())
                if body is not None:
                    self._open.extend(self._deliveries(_delivery(callback, body, now)))

    def _deliveries(self, delivery: _Delivery) -> list[_Delivery]:
        """Return what is really sent for this callback, and in which order."""
        mode, task_id = self._delivery(), delivery.callback.task_id
        if mode == "drop":
            return []
        self._log.append(delivery)
        if mode == "forge":
            delivery.content = _forged(delivery.content)
        if mode == "repeat":
            again = _Delivery(**{**vars(delivery), "attempts": []})
            self._log.append(again)
            return [delivery, again]
        if mode == "reorder" and not delivery.callback.is_last:
            self._held[task_id].append(delivery)
            return []
        return [delivery, *reversed(self._held.pop(task_id, []))]

    def _attempt(self, delivery: _Delivery, now: float) -> None:
        status = _post(delivery)
        with self._changed:
            waits = delivery.callback.retry_after_seconds
            delivery.next_at = now + (waits[len(delivery.attempts)] if len(delivery.attempts) < len(waits) else 0)
            delivery.attempts.append(status)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closing:
                    return
                self._changed.wait(_TICK_SECONDS if self._scheduled or self._open else None)
                if self._closing:
                    return
            self.deliver_due()


def _delivery(callback: Callback, body: object, now: float) -> _Delivery:
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if callback.secrets:
        id, timestamp = str(8 * 10**18 + secrets.randbelow(10**18)), str(int(now))
        signatures = [signature(it, id=id, timestamp=timestamp, content=content) for it in callback.secrets]
        headers |= {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}
    return _Delivery(callback=callback, content=content, headers=headers, next_at=now)


def _post(delivery: _Delivery) -> int | None:
    """Return the status of the response, or None without one. The response's body is never read."""
    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc of this machine
    with closing(session):
        try:
            response = session.post(
                delivery.callback.url,
                data=delivery.content,
                headers=delivery.headers,
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, ValueError):
            return None
        response.close()
        return response.status_code


def _forged(content: bytes) -> bytes:
    return json.dumps(_with_forged_urls(json.loads(content)) | {"forged": True}, separators=(",", ":")).encode()


def _with_forged_urls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _FORGED_URL if key == "url" else _with_forged_urls(it) for key, it in value.items()}
    return [_with_forged_urls(it) for it in value] if isinstance(value, list) else value
