"""Where handlers run: in this process, or in worker processes as `make run` does."""

import os
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from local.aws import handlers, worker_process
from local.aws.handlers import Handler, HandlerMissing, Invocation, InvocationResult
from local.aws.lambda_function import Function
from local.aws.template import TemplateError
from local.aws.worker_pool import WorkerPool
from local.aws.worker_process import Forker, Spawner


class Runner(Protocol):
    """Runs handlers."""

    def load(self, functions: Iterable[Function]) -> None:
        """Prepare to run these functions. Raises TemplateError for a handler that cannot be imported."""

    def run(self, function: Function, invocation: Invocation) -> InvocationResult:
        """Run an event. Raises any error but those of the handler."""

    def close(self) -> None:
        """End what can be ended of running handlers."""


class InProcess:
    """Runs handlers in this process, where a test can replace parts of them. Nothing ends a hanging handler.

    Powertools' resolver stores the current event in its class, so concurrent requests would mix the data of two users:
    HTTP functions run one at a time. The workflow's tasks use no resolver and run concurrently.
    """

    def __init__(self, *, http_functions: Iterable[str] = ()) -> None:
        self._handlers: dict[str, Handler] = {}
        self._http_functions = frozenset(http_functions)
        self._http_lock = threading.Lock()

    def load(self, functions: Iterable[Function]) -> None:
        """Import every handler in advance, in one thread."""
        try:
            self._handlers = handlers.load({it.logical_id: it.handler for it in functions})
        except HandlerMissing as error:
            raise TemplateError(str(error)) from error

    def run(self, function: Function, invocation: Invocation) -> InvocationResult:
        with self._turn(function):
            return handlers.run(self._handlers[function.handler], invocation)

    def close(self) -> None:
        pass

    def _turn(self, function: Function) -> AbstractContextManager[object]:
        return self._http_lock if function.logical_id in self._http_functions else nullcontext()


class Nowhere:
    """Runs nothing: each event succeeds without an effect. The user runs the functions by hand."""

    def __init__(self, *, http_functions: Iterable[str] = ()) -> None:
        pass

    def load(self, functions: Iterable[Function]) -> None:
        pass

    def run(self, function: Function, invocation: Invocation) -> InvocationResult:  # noqa: ARG002
        return InvocationResult(value=None)

    def close(self) -> None:
        pass


class WorkerProcesses:
    """Runs HTTP requests in one pool of processes and all other events in another, so that no request waits for a save.

    `size` is the number of workers in each pool. By default half as many as the machine has cores, but at least two.
    """

    def __init__(
        self,
        *,
        http_functions: Iterable[str] = (),
        size: int | None = None,
        can_fork: bool = worker_process.CAN_FORK,
    ) -> None:
        self._http_functions = frozenset(http_functions)
        self._size = size or max(2, (os.cpu_count() or 1) // 2)
        self._can_fork = can_fork
        self._starter: Forker | Spawner
        self._pools: list[WorkerPool] = []

    def load(self, functions: Iterable[Function]) -> None:
        """Start the workers in the background. Where they can be forked, import the handlers first."""
        by_id = {it.logical_id: it.handler for it in functions}
        self._starter = Forker(by_id) if self._can_fork else Spawner(by_id)
        try:
            self._starter.prepare()
        except HandlerMissing as error:
            raise TemplateError(str(error)) from error
        self._pools = [WorkerPool(self._starter.start, size=self._size) for _ in ("HTTP", "other")]
        for pool in self._pools:
            pool.open()

    def run(self, function: Function, invocation: Invocation) -> InvocationResult:
        http, other = self._pools
        return (http if function.logical_id in self._http_functions else other).run(invocation)

    def close(self) -> None:
        """Kill all workers."""
        for pool in self._pools:
            pool.close()
        if self._pools:
            self._starter.close()


def chosen(has_functions: bool, worker_processes: bool) -> type[InProcess | Nowhere | WorkerProcesses]:  # noqa: FBT001
    """Return where a stack's handlers run: nowhere without functions, and otherwise in workers or in this process."""
    if not has_functions:
        return Nowhere
    return WorkerProcesses if worker_processes else InProcess
