"""Functions that only record their invocations, so that a measurement itself decides what runs, and when."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.aws import event_bus
from local.aws.lambda_invoker import Function, InvocationResult, Invoker
from local.stack import Stack

Invocation = tuple[str, Mapping[str, Any]]  # folder of the function, and event


class Recorder(Invoker):
    """Answers every invocation at once, so that an execution ends with its first step."""

    def __init__(self, known: Invoker) -> None:
        super().__init__(())
        self._known = known
        self._invocations: list[Invocation] = []

    def function(self, name: str) -> Function:
        return self._known.function(name)

    def invoke(self, name: str, event: Any, *, request_id: str | None = None) -> InvocationResult:  # noqa: ARG002
        self._invocations.append((self.function(name).folder, event))
        return InvocationResult(value={**event, "status": "completed", "wait_seconds": 0})

    def taken(self) -> list[Invocation]:
        """Return the invocations since the last call, the oldest first."""
        found, self._invocations = self._invocations, []
        return found


@contextmanager
def recorded(stack: Stack) -> Iterator[Recorder]:
    """Record what AWS would invoke: functions, and steps of executions. Handlers called in this process do run."""
    recorder = Recorder(stack.invoker)
    stack.wait_until_idle()
    stack.aws.set_functions(recorder)
    try:
        yield recorder
    finally:
        stack.wait_until_idle()
        stack.aws.set_functions(stack.invoker, rules=event_bus.rules(stack.template, stack.resources))
