"""Kling's response envelope, and its service codes with their HTTP status and message."""

from uuid import uuid4

from local.simulators.core import routing
from local.simulators.core.server import Response, json_response
from local.simulators.kling.settings import KlingSettings

_CODES = {
    1000: (401, "Authentication failed"),
    1001: (401, "Authorization is empty"),
    1002: (401, "Authorization is invalid"),
    1003: (401, "Authorization is not yet valid"),
    1004: (401, "Authorization has expired"),
    1100: (429, "Abnormal account status"),
    1101: (429, "Account in arrears"),
    1102: (429, "Account balance not enough"),
    1103: (403, "Unauthorized access to requested resource, such as API/model"),
    1200: (400, "Invalid request parameters"),
    1201: (400, "Invalid parameters"),
    1202: (404, "The requested method is invalid"),
    1203: (404, "The requested resource does not exist, such as the model"),
    1300: (400, "Request blocked by platform policy"),
    1301: (400, "Trigger the platform's content security policy"),
    1302: (429, "Too many requests; rate limit exceeded"),
    1303: (429, "parallel task over resource pack limit"),
    1304: (429, "Trigger the platform's IP whitelist policy"),
    5000: (500, "Server internal error"),
    5001: (503, "Server temporarily unavailable, usually due to maintenance"),
    5002: (504, "Server internal timeout, usually due to a backlog"),
}


class ApiError(routing.ApiError):
    """An error with a service code; `message` replaces the default text, and `status` the code's own HTTP status."""

    def __init__(
        self, code: int, message: str | None = None, *, status: int | None = None, with_data: bool = False
    ) -> None:
        own_status, default = _CODES.get(code, (400, "Unknown"))
        self.status = status or own_status
        self.code = code
        self.message = message or default
        self.with_data = with_data
        super().__init__(self.message)

    def response(self) -> Response:
        """Without `data`, as in most of the vendor's samples. Code 0 stands for a body without a code."""
        body: dict[str, object] = {"code": self.code, "message": self.message, "request_id": str(uuid4())}
        if self.code == 0:
            del body["code"]
        if self.with_data:
            body["data"] = None
        return json_response(body, status=self.status)


def discontinued(model: str, settings: KlingSettings) -> ApiError:
    """Return the refusal of a retired model, in the words that Kling uses."""
    message = f"The model '{model}' has been discontinued and is no longer available."
    return ApiError(settings.retired_code, message, status=settings.retired_status)


def success(data: object) -> Response:
    return json_response({"code": 0, "message": "SUCCEED", "request_id": str(uuid4()), "data": data})
