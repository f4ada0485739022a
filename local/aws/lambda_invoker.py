"""Runs the functions as Lambda would: an event in and an answer out as JSON, a context, errors as data."""

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
    """The stack is stopping, and no function starts any more."""


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
    retries: int = 2  # of an asynchronous invocation that fails
    on_failure_queue: str | None = None  # ARN of the queue that is told when they failed too

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.name}"


@dataclass(frozen=True, kw_only=True)
class InvocationResult:
    """What a function answered, or the error that it ended with, as Lambda shows it to a caller."""

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
    """Every function of a stack. A test may set `before` or `after`: each is called with a function's folder and its
    event (`after` once the handler has done its work), and what it raises counts as raised by the function.
    """

    def __init__(self, functions: Iterable[Function], *, http_functions: Iterable[str] = ()) -> None:
        self._functions = {name: it for it in functions for name in (it.logical_id, it.name)}
        self._http_functions = frozenset(http_functions)
        self._handlers: dict[str, Handler] = {}
        # Powertools' resolver keeps the current event on its class, so two requests at once would mix two people's
        # data. On Lambda each has a process of its own; the workflow's tasks use no resolver and run side by side.
        self._http_lock = threading.Lock()
        self._running = 0
        self._is_stopping = False
        # Notified whenever work may have ended: a function, an asynchronous invocation, a workflow.
        self.changed = threading.Condition()
        self.ended = 0  # how many invocations have, other than HTTP requests
        self.before: Hook | None = None
        self.after: Hook | None = None

    def load(self) -> None:
        """Imports every handler: once, early, and from one thread."""
        for function in self._functions.values():
            self._handlers[function.logical_id] = _handler(function)

    def function(self, name: str) -> Function:
        """The function of this logical id, name or ARN. Raises UnknownFunction."""
        try:
            return self._functions[name.rsplit(":", 1)[-1]]
        except KeyError:
            raise UnknownFunction(name) from None

    def invoke(self, name: str, event: Json, *, request_id: str | None = None) -> InvocationResult:
        """Runs a function, known by its logical id, name or ARN. Raises UnknownFunction, and nothing else."""
        function = self.function(name)
        try:
            with self._counted(function), self._http_turn(function):
                context = _context(function, request_id=request_id or str(uuid.uuid4()))
                return InvocationResult(value=self._run(function, event=_as_json(event), context=context))
        except Exception as error:  # noqa: BLE001  # this is the outer door: any error becomes the answer
            return InvocationResult(value=_error(error), is_error=True)

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    def stop(self, *, timeout_seconds: float) -> None:
        """Lets no function start any more, and those that run finish, as long as the patience lasts."""
        with self.changed:
            self._is_stopping = True
            self.changed.wait_for(lambda: not self._running, timeout_seconds)

    def notify(self) -> None:
        """Wake up those who wait for `changed`."""
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
        answer = _as_json(self._handlers[function.logical_id](event, context))
        if self.after:
            self.after(function.folder, event)
        return answer


def _handler(function: Function) -> Handler:
    module, _, name = function.handler.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise TemplateError(
            f"{function.logical_id}: its handler {function.handler} cannot be loaded: {error}"
        ) from error
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
    """What is left of a value after its way through JSON; a TypeError where there is none, as on Lambda."""
    return json.loads(json.dumps(value))


def _error(error: Exception) -> dict[str, Json]:
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
