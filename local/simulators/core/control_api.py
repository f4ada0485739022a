"""The control API under /_simulator/: settings, faults and tasks for scripts and tests; no provider uses it."""

import json
from typing import Any, Protocol

from local.simulators.core.server import Request, Response, json_response
from local.simulators.core.settings import BadSettings

PREFIX = "/_simulator/"


class Simulator(Protocol):
    """The controls that every simulator has in Python, and over HTTP through this API."""

    def configure(self, **changes: Any) -> None: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    def fault(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None: ...
    def pending_faults(self) -> list[dict[str, Any]]: ...
    def clear_faults(self) -> None: ...
    def clear_tasks(self) -> None: ...
    @property
    def tasks(self) -> list[dict[str, Any]]: ...
    @property
    def create_calls(self) -> dict[str, int]: ...
    @property
    def unknown_fields(self) -> dict[str, int]: ...
    @property
    def callbacks(self) -> list[dict[str, Any]]: ...


def respond(request: Request, simulator: Simulator) -> Response:
    try:
        return _route(request, simulator)
    except (BadSettings, TypeError, json.JSONDecodeError) as problem:
        return json_response({"error": str(problem)}, status=400)


def _route(request: Request, simulator: Simulator) -> Response:
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "settings":
            return json_response(simulator.settings)
        case "PUT", "settings":
            simulator.configure(**json.loads(request.body))
            return json_response(simulator.settings)
        case "GET", "faults":
            return json_response(simulator.pending_faults())
        case "POST", "faults":
            simulator.fault(**json.loads(request.body))
            return json_response(simulator.pending_faults(), status=201)
        case "DELETE", "faults":
            simulator.clear_faults()
            return json_response([])
        case "GET", "tasks":
            return json_response(simulator.tasks)
        case "DELETE", "tasks":
            simulator.clear_tasks()
            return json_response([])
        case "GET", "create_calls":
            return json_response(simulator.create_calls)
        case "GET", "unknown_fields":
            return json_response(simulator.unknown_fields)
        case "GET", "callbacks":
            return json_response(simulator.callbacks)
    return json_response(
        {"error": "not found; use settings, faults, tasks, create_calls, unknown_fields or callbacks"}, status=404
    )
