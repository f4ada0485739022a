"""Higgsfield's errors: an HTTP status, and a `detail` with a message or a list of invalid fields."""

from typing import Any

from local.simulators.core import routing
from local.simulators.core.server import Response, json_response

_DETAILS = {
    400: "Maximum number of concurrent requests (4) has been reached",
    401: "Invalid credentials",
    403: "Not enough credits",
    404: "Not Found",
    405: "Method Not Allowed",
    423: "Model is temporarily blocked",
    429: "Too many requests",
    500: "Internal Server Error",
    503: "Model is disabled or not ready",
}


class ApiError(routing.ApiError):
    def __init__(self, status: int, detail: object = None) -> None:
        self.status = status
        self.detail = _DETAILS.get(status, "Unknown") if detail is None else detail
        super().__init__(str(self.detail))

    def response(self) -> Response:
        return json_response({"detail": self.detail}, status=self.status)


def problem(
    type: str, message: str, *, at: tuple[str | int, ...] = (), input: Any = None, ctx: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return one entry of a validation error's `detail`. `input` repeats what was sent."""
    entry = {"type": type, "loc": ["body", *at], "msg": message, "input": input}
    return entry if ctx is None else {**entry, "ctx": ctx}
