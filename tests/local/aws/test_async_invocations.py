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


def wait(async_invoker: AsyncInvoker) -> None:
    async_invoker.stop(timeout_seconds=10)
    assert async_invoker.running() == []


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_what_fails_for_good_is_told_to_the_queue_with_its_reason(retries: int) -> None:
    crash = replace(function("crash"), retries=retries, on_failure_queue=QUEUE)
    invoker, async_invoker, deliveries = started(crash)
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    async_invoker.invoke("CrashFunction", {"n": 1})
    wait(async_invoker)
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
    invoker, async_invoker, deliveries = started(replace(function("echo"), on_failure_queue=QUEUE))
    runs: list[Any] = []

    def fail_once(_: str, event: Any) -> None:
        runs.append(event)
        if len(runs) == 1:
            raise ConnectionResetError

    invoker.before = fail_once
    async_invoker.invoke("test-echo", {"n": 1})
    wait(async_invoker)

    assert (runs, deliveries) == ([{"n": 1}] * 2, [])


def test_every_try_is_the_same_request() -> None:
    _, async_invoker, deliveries = started(replace(function("fail_with_id"), on_failure_queue=QUEUE))

    async_invoker.invoke("test-fail_with_id", {})
    wait(async_invoker)
    [(_, record)] = deliveries

    assert record["responsePayload"]["errorMessage"] == record["requestContext"]["requestId"]


def test_without_a_queue_a_failure_is_dropped_after_lambdas_own_two_retries() -> None:
    invoker, async_invoker, deliveries = started(function("crash"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    async_invoker.invoke("CrashFunction", None)
    wait(async_invoker)

    assert (len(runs), deliveries) == (3, [])


def test_an_unknown_function_is_refused_at_once() -> None:
    _, async_invoker, _ = started()

    with pytest.raises(UnknownFunction, match="nobody"):
        async_invoker.invoke("nobody", {})


def test_what_runs_is_known_by_its_folder_until_it_ends() -> None:
    invoker, async_invoker, _ = started(function("echo"))
    release = threading.Event()

    def hold(_: str, __: Any) -> None:
        release.wait(10)

    invoker.before = hold
    async_invoker.invoke("EchoFunction", {})
    running = async_invoker.running()
    release.set()
    wait(async_invoker)

    assert (running, async_invoker.accepted) == (["echo"], 1)


def test_what_the_stacks_end_breaks_off_has_not_failed() -> None:
    invoker, async_invoker, deliveries = started(replace(function("echo"), on_failure_queue=QUEUE))
    runs, begun, release = [], threading.Event(), threading.Event()

    def break_off(_: str, event: Any) -> None:
        runs.append(event)
        begun.set()
        release.wait(10)
        raise ConnectionResetError

    invoker.before = break_off
    async_invoker.invoke("EchoFunction", {})
    assert begun.wait(10)
    invoker.stop(timeout_seconds=0)
    release.set()
    wait(async_invoker)

    assert (len(runs), deliveries) == (1, [])


def test_once_stopped_it_takes_nothing_any_more() -> None:
    invoker, async_invoker, _ = started(function("echo"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    async_invoker.stop(timeout_seconds=0)
    async_invoker.invoke("EchoFunction", {})

    assert (async_invoker.running(), async_invoker.accepted, runs) == ([], 0, [])
