"""Run a state machine's definition on a virtual clock, and list the states that it enters: AWS bills each one.

Supports what the definitions of this repository use; anything else raises NotImplementedError. A retry enters its state
again, so it counts too.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

State = Mapping[str, Any]
_MAX_STATES = 2000
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "StringEquals": operator.eq,
    "NumericEquals": operator.eq,
    "NumericGreaterThan": operator.gt,
    "NumericLessThan": operator.lt,
    "BooleanEquals": operator.eq,
}


class TaskTimeout(Exception):
    """`States.Timeout`: the task, or its callback, took longer than the state allows."""


@dataclass(kw_only=True)
class Execution:
    """`invoke` runs a function, by the name of its ARN's placeholder. `wait` passes time.

    `await_token` waits for the answer to a task token, at most this long, and returns it or raises TaskTimeout.
    """

    definition: Mapping[str, Any]
    invoke: Callable[[str, dict[str, Any]], Any]
    wait: Callable[[float], None]
    await_token: Callable[[str, float], Any]
    now: Callable[[], str] = lambda: ""  # as an ISO time, for `$$.State.EnteredTime`
    entered: list[str] = field(default_factory=list)

    def run(self, data: Any) -> Any:
        """Run from StartAt to the end and return the last output."""
        name: str | None = self.definition["StartAt"]
        while name is not None:
            state = self.definition["States"][name]
            name, data = self._enter(name, state, data)
        return data

    def _enter(self, name: str, state: State, data: Any) -> tuple[str | None, Any]:
        self._count(name)
        match state["Type"]:
            case "Task":
                return self._task(name, state, data)
            case "Choice":
                chosen = (it["Next"] for it in state["Choices"] if _holds(it, data))
                return next(chosen, state.get("Default")), data
            case "Wait":
                self.wait(_path(state["SecondsPath"], data) if "SecondsPath" in state else state["Seconds"])
            case "Pass":
                data = _placed(state, data, state.get("Result", data))
            case "Succeed":
                return None, data
            case kind:
                raise NotImplementedError(kind)
        return state.get("Next"), data

    def _count(self, name: str) -> None:
        self.entered.append(name)
        if len(self.entered) > _MAX_STATES:
            raise AssertionError(f"the workflow does not end: {self.entered[-6:]}")

    def _task(self, name: str, state: State, data: Any) -> tuple[str | None, Any]:
        tries: dict[int, int] = {}
        while True:
            try:
                return state.get("Next"), _placed(state, data, self._attempt(state, data))
            except Exception as error:  # as the state machine does
                index, retrier = _match(state.get("Retry", ()), error)
                if retrier is not None and tries.get(index, 0) < retrier.get("MaxAttempts", 3):
                    self.wait(retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2) ** tries.get(index, 0))
                    tries[index] = tries.get(index, 0) + 1
                    self._count(name)
                    continue
                _, catcher = _match(state.get("Catch", ()), error)
                if catcher is None:
                    raise
                return catcher["Next"], _placed(catcher, data, {"Error": _name(error), "Cause": str(error)})

    def _attempt(self, state: State, data: Any) -> Any:
        """Invoke the function of a state. With parameters, it is `lambda:invoke`, which may wait for a task token."""
        if "Parameters" not in state:
            return self.invoke(state["Resource"].strip("${}"), data)
        token, parameters = uuid4().hex, state["Parameters"]
        context = {"$$.Task.Token": token, "$$.State.EnteredTime": self.now()}
        payload = {
            name.removesuffix(".$"): _argument(name, value, data, context=context)
            for name, value in parameters["Payload"].items()
        }
        result = self.invoke(parameters["FunctionName"].strip("${}"), payload)
        if token not in payload.values():
            return {"Payload": result}
        path = state.get("TimeoutSecondsPath")
        return self.await_token(token, _path(path, data) if path else state["TimeoutSeconds"])


def _argument(name: str, value: Any, data: Any, *, context: Mapping[str, str]) -> Any:
    if not name.endswith(".$"):
        return value
    return context[value] if value.startswith("$$") else _path(value, data)


def _holds(rule: Mapping[str, Any], data: Any) -> bool:
    if "And" in rule:
        return all(_holds(it, data) for it in rule["And"])
    if "Or" in rule:
        return any(_holds(it, data) for it in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], data)
    ((kind, value),) = ((it, rule[it]) for it in rule if it not in ("Variable", "Next", "Comment"))
    names = rule["Variable"].removeprefix("$.").split(".")
    found: Any = data
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if kind == "IsPresent":
        return bool((found is not None) == value)
    if kind not in _COMPARE:
        raise NotImplementedError(kind)
    return found is not None and bool(_COMPARE[kind](found, value))


def _placed(state: State, data: Any, result: Any) -> Any:
    """Return the state's output. Selectors are not supported."""
    if "ResultSelector" in state or state.get("OutputPath", "$") != "$":
        raise NotImplementedError("ResultSelector and OutputPath")
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    return result if path == "$" else {**data, path.removeprefix("$."): result}


def _path(path: str, data: Any) -> Any:
    if path == "$":
        return data
    for name in path.removeprefix("$.").split("."):
        data = data[name]
    return data


def _match(rules: Any, error: Exception) -> tuple[int, State | None]:
    for index, rule in enumerate(rules):
        if _name(error) in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]:
            return index, rule
    return -1, None


def _name(error: Exception) -> str:
    return "States.Timeout" if isinstance(error, TaskTimeout) else type(error).__name__
