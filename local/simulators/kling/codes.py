"""Kling's response envelope, and its service codes with their HTTP status and message."""

from uuid import uuid4

from local.simulators.core import routing
from local.simulators.core.server import Response, json_response

_CODES = {
    1000: (401, "Authentication failed"),
    1001: (401, "Authorization is empty"),
    1002: (401, "Authorization is invalid"),
    1003: (401, "Authorization is not yet valid"),
    1004: (401, "Authorization has expired"),
    1100: (429, "Abnormal account status"),
    1101: (429, "Account in arrears"),
    1102: (429, "Account balance not enough"),
    1103: (403, "Unauthorized access to requested resource"),
    1200: (400, "Invalid request parameters"),
    1201: (400, "Invalid parameters"),
    1202: (404, "The requested method is invalid"),
    1203: (404, "The requested resource does not exist"),
    1300: (400, "Request blocked by platform policy"),
    1301: (400, "Failure to pass the risk control system"),
    1302: (429, "Too many requests"),
    1303: (429, "parallel task over resource pack limit"),
    1304: (429, "IP is not in the whitelist"),
    5000: (500, "Server internal error"),
    5001: (503, "Server temporarily unavailable"),
    5002: (504, "Server internal timeout"),
}


class ApiError(routing.ApiError):
    """An error with a service code; `message` replaces the default text."""

    def __init__(self, code: int, message: str | None = None) -> None:
        self.status, default = _CODES.get(code, (400, "Unknown"))
        self.code = code
        self.message = message or default
        super().__init__(self.message)

    def response(self) -> Response:
        """Without `data`, as in the vendor's sample."""
        return json_response(
            {"code": self.code, "message": self.message, "request_id": str(uuid4())}, status=self.status
        )


def success(data: object) -> Response:
    return json_response({"code": 0, "message": "SUCCEED", "request_id": str(uuid4()), "data": data})
