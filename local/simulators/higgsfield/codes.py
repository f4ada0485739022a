"""Higgsfield's refusals: an HTTP status, and a `detail` that is a sentence or a list of fields."""

from typing import Any

from local.simulators.core import routing
from local.simulators.core.server import Reply, json_reply

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


class Refusal(routing.Refusal):
    def __init__(self, status: int, detail: object = None) -> None:
        self.status = status
        self.detail = _DETAILS.get(status, "Unknown") if detail is None else detail
        super().__init__(str(self.detail))

    def reply(self) -> Reply:
        return json_reply({"detail": self.detail}, status=self.status)


def problem(*where: str | int, type: str, msg: str) -> dict[str, Any]:
    """One entry of a validation's `detail`."""
    return {"loc": ["body", *where], "msg": msg, "type": type}
