"""Asynchronous invocations: taken at once, tried again when they fail, and in the end a queue is told why."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from local.aws.async_invocations import AsyncInvoker
from local.aws.lambda_invoker import Function, Invoker, UnknownFunction
from tests.local.aws.test_lambda_invoker import function

QUEUE = "arn:aws:sqs:us-east-1:123456789012:failures"


class Deliveries(list[tuple[str, Any]]):
    def deliver(self, queue: str, document: Any) -> None:
        self.append((queue, document))


def started(*functions: Function) -> tuple[Invoker, AsyncInvoker, Deliveries]:
    invoker, deliveries = Invoker(functions), Deliveries()
    invoker.load()
    return invoker, AsyncInvoker(invoker, deliver=deliveries.deliver), deliveries


def wait(asynchronous: AsyncInvoker) -> None:
    asynchronous.stop(patience_seconds=10)
    assert asynchronous.running() == []


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_what_fails_for_good_is_told_to_the_queue_with_its_reason(retries: int) -> None:
    crash = replace(function("crash"), retries=retries, failures_to=QUEUE)
    invoker, asynchronous, deliveries = started(crash)
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    asynchronous.invoke("CrashFunction", {"n": 1})
    wait(asynchronous)
    [(queue, record)] = deliveries

    assert runs == [{"n": 1}] * (1 + retries)
    assert queue == QUEUE
    assert len(record.pop("timestamp")) == len("2026-01-02T03:04:05.678Z")
    assert len(record["requestContext"].pop("requestId")) == 36
    assert "handlers.py" in record["responsePayload"].pop("stackTrace")[-1]
    assert record == {
        "version": "1.0",
        "requestContext": {
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:test-crash:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1 + retries,
        },
        "requestPayload": {"n": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorType": "ZeroDivisionError", "errorMessage": "no number will do"},
    }


def test_a_try_that_succeeds_is_the_last_one() -> None:
    invoker, asynchronous, deliveries = started(replace(function("echo"), failures_to=QUEUE))
    runs: list[Any] = []

    def fail_once(_: str, event: Any) -> None:
        runs.append(event)
        if len(runs) == 1:
            raise ConnectionResetError

    invoker.before = fail_once
    asynchronous.invoke("test-echo", {"n": 1})
    wait(asynchronous)

    assert (runs, deliveries) == ([{"n": 1}] * 2, [])


def test_every_try_is_the_same_request() -> None:
    _, asynchronous, deliveries = started(replace(function("fail_with_id"), failures_to=QUEUE))

    asynchronous.invoke("test-fail_with_id", {})
    wait(asynchronous)
    [(_, record)] = deliveries

    assert record["responsePayload"]["errorMessage"] == record["requestContext"]["requestId"]


def test_without_a_queue_a_failure_is_dropped_after_lambdas_own_two_retries() -> None:
    invoker, asynchronous, deliveries = started(function("crash"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    asynchronous.invoke("CrashFunction", None)
    wait(asynchronous)

    assert (len(runs), deliveries) == (3, [])


def test_an_unknown_function_is_refused_at_once() -> None:
    _, asynchronous, _ = started()

    with pytest.raises(UnknownFunction, match="nobody"):
        asynchronous.invoke("nobody", {})


def test_what_runs_is_known_by_its_folder_until_it_ends() -> None:
    invoker, asynchronous, _ = started(function("echo"))
    release = threading.Event()

    def hold(_: str, __: Any) -> None:
        release.wait(10)

    invoker.before = hold
    asynchronous.invoke("EchoFunction", {})
    running = asynchronous.running()
    release.set()
    wait(asynchronous)

    assert (running, asynchronous.accepted) == (["echo"], 1)


def test_what_the_stacks_end_breaks_off_has_not_failed() -> None:
    invoker, asynchronous, deliveries = started(replace(function("echo"), failures_to=QUEUE))
    runs, begun, release = [], threading.Event(), threading.Event()

    def break_off(_: str, event: Any) -> None:
        runs.append(event)
        begun.set()
        release.wait(10)
        raise ConnectionResetError

    invoker.before = break_off
    asynchronous.invoke("EchoFunction", {})
    assert begun.wait(10)
    invoker.stop(patience_seconds=0)
    release.set()
    wait(asynchronous)

    assert (len(runs), deliveries) == (1, [])


def test_once_stopped_it_takes_nothing_any_more() -> None:
    invoker, asynchronous, _ = started(function("echo"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    asynchronous.stop(patience_seconds=0)
    asynchronous.invoke("EchoFunction", {})

    assert (asynchronous.running(), asynchronous.accepted, runs) == ([], 0, [])
