"""Invoke functions like Lambda: event and result as JSON, a context object, exceptions as error results."""

import importlib
import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from local.aws.template import ACCOUNT_ID, REGION, Json, TemplateError

Handler = Callable[[Json, Json], Json]
Hook = Callable[[str, Json], None]


class Stopping(Exception):
    """The stack is stopping and starts no more functions."""


class UnknownFunction(Exception):
    """No function of the template has this name."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of the template. `folder` is its short name: the last part of its CodeUri."""

    logical_id: str
    name: str
    folder: str
    handler: str  # as in "functions.generate_video.app.lambda_handler"
    timeout_seconds: int
    memory_mb: int
    variables: dict[str, str] = field(repr=False)
    retries: int = 2  # of a failed asynchronous invocation
    on_failure_queue: str | None = None  # ARN of the queue for events whose retries failed, too

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.name}"


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


class Invoker:
    """Invokes the functions of a stack.

    A test may set `before` or `after`. Both are called with the folder of the function and the event, before and after
    the handler runs, and an exception in them counts as an exception in the function.
    """

    def __init__(self, functions: Iterable[Function], *, http_functions: Iterable[str] = ()) -> None:
        self._functions = {name: it for it in functions for name in (it.logical_id, it.name)}
        self._http_functions = frozenset(http_functions)
        self._handlers: dict[str, Handler] = {}
        # Powertools' resolver stores the current event in its class, so concurrent requests would mix the data of two
        # users. On Lambda each request has its own process. The workflow's tasks use no resolver and run concurrently.
        self._http_lock = threading.Lock()
        self._running = 0
        self._is_stopping = False
        # Notified whenever a function, an asynchronous invocation or a workflow may have ended.
        self.changed = threading.Condition()
        self.ended = 0  # number of finished invocations, without HTTP requests
        self.before: Hook | None = None
        self.after: Hook | None = None

    def load(self) -> None:
        """Import every handler in advance, in one thread."""
        for function in self._functions.values():
            self._handlers[function.logical_id] = _handler(function)

    def function(self, name: str) -> Function:
        """Return the function with this logical id, name or ARN. Raises UnknownFunction."""
        try:
            return self._functions[name.rsplit(":", 1)[-1]]
        except KeyError:
            raise UnknownFunction(name) from None

    def invoke(self, name: str, event: Json, *, request_id: str | None = None) -> InvocationResult:
        """Run the function with this logical id, name or ARN. Raises only UnknownFunction."""
        function = self.function(name)
        try:
            with self._counted(function), self._http_turn(function):
                context = _context(function, request_id=request_id or str(uuid.uuid4()))
                return InvocationResult(value=self._run(function, event=_as_json(event), context=context))
        except Exception as error:  # noqa: BLE001  # like Lambda, any exception becomes the result
            return InvocationResult(value=_error(error), is_error=True)

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    def stop(self, *, timeout_seconds: float) -> None:
        """Start no more functions, and wait up to the timeout for running ones."""
        with self.changed:
            self._is_stopping = True
            self.changed.wait_for(lambda: not self._running, timeout_seconds)

    def notify(self) -> None:
        """Wake up all threads that wait for `changed`."""
        with self.changed:
            self.changed.notify_all()

    @contextmanager
    def _counted(self, function: Function) -> Iterator[None]:
        with self.changed:
            if self._is_stopping:
                raise Stopping
            self._running += 1
        try:
            yield
        finally:
            with self.changed:
                self._running -= 1
                self.ended += function.logical_id not in self._http_functions
                self.changed.notify_all()

    def _http_turn(self, function: Function) -> AbstractContextManager[object]:
        return self._http_lock if function.logical_id in self._http_functions else nullcontext()

    def _run(self, function: Function, *, event: Json, context: Context) -> Json:
        if self.before:
            self.before(function.folder, event)
        result = _as_json(self._handlers[function.logical_id](event, context))
        if self.after:
            self.after(function.folder, event)
        return result


def _handler(function: Function) -> Handler:
    module, _, name = function.handler.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise TemplateError(f"{function.logical_id}: cannot load the handler {function.handler}: {error}") from error
    return handler


def _context(function: Function, *, request_id: str) -> Context:
    return Context(
        function_name=function.name,
        invoked_function_arn=function.arn,
        memory_limit_in_mb=function.memory_mb,
        deadline=time.monotonic() + function.timeout_seconds,
        aws_request_id=request_id,
    )


def _as_json(value: Json) -> Json:
    """Return the value after a JSON round trip. Raises TypeError if it cannot be serialized, as Lambda does."""
    return json.loads(json.dumps(value))


def _error(error: Exception) -> dict[str, Json]:
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
