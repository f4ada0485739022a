"""Run one handler as Lambda does: event and result as JSON, a context object, exceptions as error results.

Worker processes import this module, so it imports only the standard library.
"""

import importlib
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = Any
Handler = Callable[[Json, Json], Json]


class HandlerMissing(Exception):
    """The template names a handler that cannot be imported; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One event for one function, with what its context object says."""

    handler: str  # as in "functions.generate_video.app.lambda_handler"
    function_name: str
    arn: str
    memory_mb: int
    timeout_seconds: float
    request_id: str
    event: Json = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class InvocationResult:
    """The return value of a function, or its exception as Lambda reports it to a caller."""

    value: Json
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class Context:
    """The part of Lambda's context object that our libraries and handlers use."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    deadline: float
    aws_request_id: str
    function_version: str = "$LATEST"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def load(handlers: dict[str, str]) -> dict[str, Handler]:
    """Import the handlers, given by logical id. Return them by their own names. Raises HandlerMissing."""
    loaded = {}
    for logical_id, handler in handlers.items():
        module, _, name = handler.rpartition(".")
        try:
            loaded[handler] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise HandlerMissing(f"{logical_id}: cannot load the handler {handler}: {error}") from error
    return loaded


def run(handler: Handler, invocation: Invocation) -> InvocationResult:
    """Call the handler. Any exception becomes the result."""
    try:
        return InvocationResult(value=as_json(handler(invocation.event, _context(invocation))))
    except Exception as error:  # noqa: BLE001  # as on Lambda
        return failed(error)


def failed(error: Exception) -> InvocationResult:
    """Return the result of a function that raised this exception."""
    value = {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
    return InvocationResult(value=value, is_error=True)


def as_json(value: Json) -> Json:
    """Return the value after a JSON round trip. Raises TypeError if it cannot be serialized, as Lambda does."""
    return json.loads(json.dumps(value))


def _context(invocation: Invocation) -> Context:
    return Context(
        function_name=invocation.function_name,
        invoked_function_arn=invocation.arn,
        memory_limit_in_mb=invocation.memory_mb,
        deadline=time.monotonic() + invocation.timeout_seconds,
        aws_request_id=invocation.request_id,
    )
