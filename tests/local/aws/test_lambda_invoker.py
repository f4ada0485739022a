"""The invoker runs functions like Lambda."""

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
    invoker = Invoker([function(name) for name in ("echo", "crash", "facts", "opaque")])
    invoker.load()
    return invoker


@pytest.mark.parametrize(
    "name", ["EchoFunction", "test-echo", "arn:aws:lambda:us-east-1:123456789012:function:test-echo"]
)
def test_function_is_found_by_logical_id_name_and_arn(name: str, invoker: Invoker) -> None:
    assert invoker.invoke(name, {"a": [1, None, "ü"]}) == InvocationResult(value={"a": [1, None, "ü"]})


def test_unknown_function_is_named_in_the_error(invoker: Invoker) -> None:
    with pytest.raises(UnknownFunction, match="unknown"):
        invoker.invoke("unknown", {})


def test_exception_becomes_an_error_result(invoker: Invoker) -> None:
    response = invoker.invoke("CrashFunction", {})

    assert response.is_error
    assert (response.value["errorType"], response.value["errorMessage"]) == ("ZeroDivisionError", "not a number")
    assert "handlers.py" in response.value["stackTrace"][-1]


def test_result_that_is_not_json_is_an_error(invoker: Invoker) -> None:
    response = invoker.invoke("OpaqueFunction", {})

    assert (response.is_error, response.value["errorType"]) == (True, "TypeError")


def test_handler_receives_a_lambda_context(invoker: Invoker) -> None:
    assert invoker.invoke("FactsFunction", {}).value == {
        "name": "test-facts",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:test-facts",
        "memory": 512,
        "has_time": True,
        "has_id": True,
    }


def test_hooks_can_make_a_function_fail_before_and_after_it_runs(invoker: Invoker) -> None:
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
