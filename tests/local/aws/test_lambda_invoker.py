"""The invoker: a function sees and answers what Lambda would let it."""

from typing import Any

import pytest

from local.aws.lambda_invoker import Function, InvocationResult, Invoker, UnknownFunction


def function(name: str) -> Function:
    return Function(
        logical_id=f"{name.title()}Function",
        name=f"test-{name}",
        folder=name,
        handler=f"tests.local.handlers.{name}",
        timeout_seconds=7,
        memory_mb=512,
        variables={},
    )


@pytest.fixture
def invoker() -> Invoker:
    invoker = Invoker([function(name) for name in ("echo", "crash", "facts", "unspeakable")])
    invoker.load()
    return invoker


@pytest.mark.parametrize(
    "name", ["EchoFunction", "test-echo", "arn:aws:lambda:us-east-1:123456789012:function:test-echo"]
)
def test_a_function_answers_by_each_of_its_names(name: str, invoker: Invoker) -> None:
    assert invoker.invoke(name, {"a": [1, None, "ü"]}) == InvocationResult(value={"a": [1, None, "ü"]})


def test_an_unknown_function_is_named(invoker: Invoker) -> None:
    with pytest.raises(UnknownFunction, match="nobody"):
        invoker.invoke("nobody", {})


def test_an_error_becomes_data_named_after_its_class(invoker: Invoker) -> None:
    answer = invoker.invoke("CrashFunction", {})

    assert answer.is_error
    assert (answer.value["errorType"], answer.value["errorMessage"]) == ("ZeroDivisionError", "no number will do")
    assert "handlers.py" in answer.value["stackTrace"][-1]


def test_an_answer_that_is_no_json_is_an_error(invoker: Invoker) -> None:
    answer = invoker.invoke("UnspeakableFunction", {})

    assert (answer.is_error, answer.value["errorType"]) == (True, "TypeError")


def test_a_handler_gets_a_context_as_on_lambda(invoker: Invoker) -> None:
    assert invoker.invoke("FactsFunction", {}).value == {
        "name": "test-facts",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:test-facts",
        "memory": 512,
        "has_time": True,
        "has_id": True,
    }


def test_a_test_may_break_a_function_before_and_after_its_work(invoker: Invoker) -> None:
    seen: list[tuple[str, Any]] = []

    def fail(folder: str, event: Any) -> None:
        seen.append((folder, event))
        raise TimeoutError("lost")

    invoker.after = fail
    after = invoker.invoke("EchoFunction", {"x": 1})
    invoker.before, invoker.after = fail, None
    before = invoker.invoke("EchoFunction", {"x": 2})

    assert seen == [("echo", {"x": 1}), ("echo", {"x": 2})]
    assert [it.value["errorType"] for it in (after, before)] == ["TimeoutError", "TimeoutError"]
