"""The runner of state machines on a virtual clock: what it enters, and how it waits, retries and catches."""

from typing import Any

import pytest

from tests.bench.asl import Execution, TaskTimeout

TASK = {"Type": "Task", "Resource": "${Step}", "Next": "Done"}
DONE = {"Type": "Succeed"}


def execution(*, invoke: Any = lambda _name, data: data, await_token: Any = None, **states: Any) -> Execution:
    definition = {"StartAt": next(iter(states)), "States": {**states, "Done": DONE}}
    return Execution(definition=definition, invoke=invoke, wait=lambda _: None, await_token=await_token)


def test_every_entered_state_counts() -> None:
    rule = {"Variable": "$.left", "NumericGreaterThan": 0, "Next": "Wait"}
    run = execution(
        invoke=lambda _name, data: {"left": data["left"] - 1},
        Poll={**TASK, "Next": "Choose"},
        Choose={"Type": "Choice", "Choices": [rule], "Default": "Done"},
        Wait={"Type": "Wait", "Seconds": 5, "Next": "Poll"},
    )

    assert run.run({"left": 2}) == {"left": 0}
    assert run.entered == ["Poll", "Choose", "Wait", "Poll", "Choose", "Done"]


def test_retry_enters_the_state_again_and_the_catcher_follows() -> None:
    def fail(_name: str, _data: Any) -> Any:
        raise KeyError("no")

    retry = [{"ErrorEquals": ["KeyError"], "MaxAttempts": 2}]
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Done"}]
    run = execution(invoke=fail, Try={**TASK, "Retry": retry, "Catch": catch})

    assert run.run({"id": 1}) == {"id": 1, "error": {"Error": "KeyError", "Cause": "'no'"}}
    assert run.entered == ["Try", "Try", "Try", "Done"]


def test_token_is_answered_or_times_out() -> None:
    payload = {"owner.$": "$.owner", "token.$": "$$.Task.Token"}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "${Await}", "Payload": payload},
        "TimeoutSecondsPath": "$.wait",
        "Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Done"}],
        "Next": "Done",
    }
    invoked: list[tuple[str, Any]] = []
    waited: list[tuple[str, float]] = []

    def answer(token: str, seconds: float) -> Any:
        waited.append((token, seconds))
        if len(waited) == 2:
            raise TaskTimeout
        return {"status": "saving"}

    def run() -> Any:
        made = execution(invoke=lambda name, data: invoked.append((name, data)), await_token=answer, Await=state)
        return made.run({"owner": "me", "wait": 30})

    assert run() == {"status": "saving"}
    assert run() == {"owner": "me", "wait": 30}
    assert invoked == [("Await", {"owner": "me", "token": token}) for token, _ in waited]
    assert [seconds for _, seconds in waited] == [30, 30]


def test_unknown_state_is_an_error() -> None:
    with pytest.raises(NotImplementedError):
        execution(Map={"Type": "Map"}).run({})
