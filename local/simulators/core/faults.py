"""Faults on demand: which request fails, how, how many times, and for which video."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from local.simulators.core.server import CloseConnection, Response, html_response, json_response, response
from local.simulators.core.settings import BadSettings

# The fault kinds by request type: each kind's details with their default values. `accept` says whether the request
# takes effect although the caller gets no response. Each provider has its own KINDS, built in part from these.
Kinds = Mapping[str, Mapping[str, Mapping[str, Any]]]

REQUIRED = object()
COMMON: dict[str, dict[str, Any]] = {
    "drop": {},  # the connection is closed before the request takes effect
    "hang": {"seconds": 60, "accept": True},
    "garbage": {"accept": True},
    "wrong_json": {"body": ["ok"], "accept": True},  # valid JSON of the wrong shape
    "http": {"status": 502, "accept": False},
}
DOWNLOAD: dict[str, dict[str, Any]] = {
    "drop": {},
    "hang": {"seconds": 60, "accept": True},
    "http": {"status": 502, "accept": False},
    "expired": {},
    "truncate": {"fraction": 0.5},  # Content-Length is right, but the connection closes midway
    "short": {"fraction": 0.5},  # a valid response whose MP4 is cut off
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
    external_id: str | None  # only requests for this video
    details: dict[str, Any]


class Faults:
    """A queue of faults: each request takes the oldest matching fault until its `times` are used up."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._lock = Lock()
        self._pending: list[tuple[Fault, int]] = []

    def add(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None:
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:  # over HTTP it may be any JSON value
            raise BadSettings(f"times must be a whole number of at least 1, not {times!r}")
        fault = Fault(on=on, kind=kind, external_id=external_id, details=_complete(self._kinds, on, kind, details))
        with self._lock:
            self._pending.append((fault, times))

    def take(self, on: str, external_ids: Collection[str]) -> Fault | None:
        with self._lock:
            for position, (fault, times) in enumerate(self._pending):
                if fault.on == on and (fault.external_id is None or fault.external_id in external_ids):
                    self._pending[position : position + 1] = [(fault, times - 1)] if times > 1 else []
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def pending(self) -> list[dict[str, Any]]:
        with self._lock:
            return [
                {"on": fault.on, "kind": fault.kind, "times": times, "external_id": fault.external_id, **fault.details}
                for fault, times in self._pending
            ]


def apply(fault: Fault | None, work: Callable[[], Response], *, pause: Callable[[float], None]) -> Response:
    """Return the response of `work`, changed by the fault. Raises CloseConnection if the fault suppresses it."""
    if fault is None:
        return work()
    details = fault.details
    result = work() if details.get("accept", fault.kind != "drop") else None
    match fault.kind:
        case "drop" | "lose_reply":
            raise CloseConnection
        case "hang":
            pause(details["seconds"])
        case "garbage":
            return response(b"\x00 upstream said: ok", content_type="application/json")
        case "wrong_json":
            return json_response(details["body"])
        case "http":
            return html_response(f"{details['status']} from the gateway", status=details["status"])
        case "http_500":
            return html_response("500 Internal Server Error", status=500)
    if result is None:
        raise CloseConnection
    return result


def _complete(known: Kinds, on: str, kind: str, details: dict[str, Any]) -> dict[str, Any]:
    defaults = known.get(on, {}).get(kind)
    if defaults is None:
        raise BadSettings(
            f"unknown fault {kind!r} on {on!r}; known faults: { {on: sorted(kinds) for on, kinds in known.items()} }"
        )
    complete = {**defaults, **details}
    missing = sorted(name for name, value in complete.items() if value is REQUIRED)
    if missing or details.keys() - defaults.keys():
        raise BadSettings(f"the fault {kind!r} accepts the details {sorted(defaults)}; missing: {missing}")
    return complete
