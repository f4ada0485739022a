"""The door for scripts and tests that steer a simulator over HTTP; the provider's own paths never begin like it."""

import json
from typing import Any, Protocol

from local.simulators.core.server import Reply, Request, json_reply
from local.simulators.core.settings import BadSteering

PREFIX = "/_simulator/"


class Simulator(Protocol):
    """What every simulator offers in Python, and through this door over HTTP."""

    def steer(self, **changes: Any) -> None: ...
    def shown_settings(self) -> dict[str, Any]: ...
    def fault(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None: ...
    def waiting_faults(self) -> list[dict[str, Any]]: ...
    def clear_faults(self) -> None: ...
    def forget(self) -> None: ...
    @property
    def tasks(self) -> list[dict[str, Any]]: ...
    @property
    def create_calls(self) -> dict[str, int]: ...


def answer(request: Request, simulator: Simulator) -> Reply:
    try:
        return _act(request, simulator)
    except (BadSteering, TypeError, json.JSONDecodeError) as problem:
        return json_reply({"error": str(problem)}, status=400)


def _act(request: Request, simulator: Simulator) -> Reply:
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "settings":
            return json_reply(simulator.shown_settings())
        case "PUT", "settings":
            simulator.steer(**json.loads(request.body))
            return json_reply(simulator.shown_settings())
        case "GET", "faults":
            return json_reply(simulator.waiting_faults())
        case "POST", "faults":
            simulator.fault(**json.loads(request.body))
            return json_reply(simulator.waiting_faults(), status=201)
        case "DELETE", "faults":
            simulator.clear_faults()
            return json_reply([])
        case "GET", "tasks":
            return json_reply(simulator.tasks)
        case "DELETE", "tasks":
            simulator.forget()
            return json_reply([])
        case "GET", "create_calls":
            return json_reply(simulator.create_calls)
    return json_reply({"error": "settings, faults, tasks and create_calls are here"}, status=404)
