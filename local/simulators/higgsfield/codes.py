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
    503: "Model is unavailable",
}


class ApiError(routing.ApiError):
    def __init__(self, status: int, detail: object = None) -> None:
        self.status = status
        self.detail = _DETAILS.get(status, "Unknown") if detail is None else detail
        super().__init__(str(self.detail))

    def response(self) -> Response:
        return json_response({"detail": self.detail}, status=self.status)


def problem(*where: str | int, type: str, msg: str) -> dict[str, Any]:
    """Return one entry of a validation error's `detail`."""
    return {"loc": ["body", *where], "msg": msg, "type": type}
