"""Invoke functions like Lambda, by name, with hooks for tests and a count of what runs."""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from local.aws import handlers
from local.aws.handlers import Invocation, InvocationResult
from local.aws.lambda_function import Function
from local.aws.runners import InProcess, Runner
from local.aws.template import Json

__all__ = ["Function", "InvocationResult", "Invoker", "UnknownFunction"]

Hook = Callable[[str, Json], None]


class Stopping(Exception):
    """The stack is stopping and starts no more functions."""


class UnknownFunction(Exception):
    """No function of the template has this name."""


class Invoker:
    """Invokes the functions of a stack. `runner` decides in which process; without it, in this one.

    A test may set `before` or `after`. Both are called with the folder of the function and the event, before and after
    the handler runs, and an exception in them counts as an exception in the function.
    """

    def __init__(
        self, functions: Iterable[Function], *, http_functions: Iterable[str] = (), runner: Runner | None = None
    ) -> None:
        self._functions = {name: it for it in functions for name in (it.logical_id, it.name)}
        self._http_functions = frozenset(http_functions)
        self._runner = runner or InProcess(http_functions=self._http_functions)
        self._running = 0
        self._is_stopping = False
        # Notified whenever a function, an asynchronous invocation or a workflow may have ended.
        self.changed = threading.Condition()
        self.ended = 0  # number of finished invocations, without HTTP requests
        self.before: Hook | None = None
        self.after: Hook | None = None

    def load(self) -> None:
        """Import every handler in advance. Raises TemplateError for one that cannot be imported."""
        self._runner.load(self._functions.values())

    def function(self, name: str) -> Function:
        """Return the function with this logical id, name or ARN. Raises UnknownFunction, also for an unknown alias."""
        short, _, alias = name.rpartition(":function:")[2].partition(":")
        function = self._functions.get(short)
        if function is None or alias not in {"", "$LATEST", function.alias}:
            raise UnknownFunction(name)
        return function

    def invoke(self, name: str, event: Json, *, request_id: str | None = None) -> InvocationResult:
        """Run the function with this logical id, name or ARN. Raises only UnknownFunction."""
        function = self.function(name)
        try:
            with self._counted(function):
                return self._run(function, _invocation(function, event=event, request_id=request_id))
        except Exception as error:  # noqa: BLE001  # like Lambda, any exception becomes the result
            return handlers.failed(error)

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    def stop(self, *, timeout_seconds: float) -> None:
        """Start no more functions, wait up to the timeout for running ones, and end their worker processes."""
        with self.changed:
            self._is_stopping = True
            self.changed.wait_for(lambda: not self._running, timeout_seconds)
        self._runner.close()

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

    def _run(self, function: Function, invocation: Invocation) -> InvocationResult:
        if self.before:
            self.before(function.folder, invocation.event)
        result = self._runner.run(function, invocation)
        if self.after and not result.is_error:
            self.after(function.folder, invocation.event)
        return result


def _invocation(function: Function, *, event: Json, request_id: str | None) -> Invocation:
    return Invocation(
        handler=function.handler,
        function_name=function.name,
        arn=function.arn,
        memory_mb=function.memory_mb,
        timeout_seconds=function.timeout_seconds,
        request_id=request_id or str(uuid.uuid4()),
        event=handlers.as_json(event),
    )
