"""Faults on demand: what shall go wrong, for how many requests, and for which video."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from local.simulators.core.server import HangUp, Reply, html_reply, json_reply, reply
from local.simulators.core.settings import BadSteering

# By where, and then by what goes wrong: the kind's details and their usual values. `accept` says whether the work is
# done although the caller does not get to know. Each provider has its own KINDS, in part made of the ones here.
Kinds = Mapping[str, Mapping[str, Mapping[str, Any]]]

REQUIRED = object()
ANYWHERE: dict[str, dict[str, Any]] = {
    "drop": {},  # closed before anything is done
    "hang": {"seconds": 60, "accept": True},
    "garbage": {"accept": True},
    "wrong_json": {"body": ["ok"], "accept": True},  # JSON of another shape
    "http": {"status": 502, "accept": False},
}
DOWNLOAD: dict[str, dict[str, Any]] = {
    "drop": {},
    "hang": {"seconds": 60, "accept": True},
    "http": {"status": 502, "accept": False},
    "expired": {},
    "truncate": {"fraction": 0.5},  # promised whole, cut midway
    "short": {"fraction": 0.5},  # a valid answer whose MP4 lacks its end
    "html": {"status": 200},
    "drip": {"part_bytes": 1024, "part_seconds": 0.1},
    "oversize": {"bytes": REQUIRED},
    "no_length": {"chunked": False},
    "redirect": {"to": REQUIRED, "status": 302},
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    on: str
    kind: str
    external_id: str | None  # this video's requests alone
    details: dict[str, Any]


class Faults:
    """A queue: each request takes the oldest fault that fits it, until the fault's `times` are used up."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._lock = Lock()
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None:
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:  # HTTP brings whatever JSON can say
            raise BadSteering(f"times must be a whole number from 1 up, and not {times!r}")
        fault = Fault(on=on, kind=kind, external_id=external_id, details=_complete(self._kinds, on, kind, details))
        with self._lock:
            self._waiting.append((fault, times))

    def take(self, on: str, external_ids: Collection[str]) -> Fault | None:
        with self._lock:
            for position, (fault, times) in enumerate(self._waiting):
                if fault.on == on and (fault.external_id is None or fault.external_id in external_ids):
                    self._waiting[position : position + 1] = [(fault, times - 1)] if times > 1 else []
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [
                {"on": fault.on, "kind": fault.kind, "times": times, "external_id": fault.external_id, **fault.details}
                for fault, times in self._waiting
            ]


def deliver(fault: Fault | None, work: Callable[[], Reply], *, pause: Callable[[float], None]) -> Reply:
    """What `work` answers, as far as the fault lets it through. Raises HangUp where no answer is given."""
    if fault is None:
        return work()
    details = fault.details
    answer = work() if details.get("accept", fault.kind != "drop") else None
    match fault.kind:
        case "drop" | "lose_reply":
            raise HangUp
        case "hang":
            pause(details["seconds"])
        case "garbage":
            return reply(b"\x00 upstream said: ok", content_type="application/json")
        case "wrong_json":
            return json_reply(details["body"])
        case "http":
            return html_reply(f"{details['status']} from the gateway", status=details["status"])
        case "http_500":
            return html_reply("500 Internal Server Error", status=500)
    if answer is None:
        raise HangUp
    return answer


def _complete(known: Kinds, on: str, kind: str, details: dict[str, Any]) -> dict[str, Any]:
    usual = known.get(on, {}).get(kind)
    if usual is None:
        raise BadSteering(
            f"unknown fault {kind!r} on {on!r}; there are { {on: sorted(kinds) for on, kinds in known.items()} }"
        )
    complete = {**usual, **details}
    missing = sorted(name for name, value in complete.items() if value is REQUIRED)
    if missing or details.keys() - usual.keys():
        raise BadSteering(f"the fault {kind!r} takes the details {sorted(usual)}, and needs {missing}")
    return complete
