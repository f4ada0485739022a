"""Asynchronous invocations: retries and the failure queue."""

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
    async_invoker.stop(timeout_seconds=60)
    assert async_invoker.running() == []


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_event_goes_to_the_queue_with_its_error_after_the_last_retry(retries: int) -> None:
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
        "responsePayload": {"errorType": "ZeroDivisionError", "errorMessage": "not a number"},
    }


def test_successful_retry_is_the_last_one() -> None:
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


def test_all_retries_have_the_same_request_id() -> None:
    _, async_invoker, deliveries = started(replace(function("fail_with_id"), on_failure_queue=QUEUE))

    async_invoker.invoke("test-fail_with_id", {})
    wait(async_invoker)
    [(_, record)] = deliveries

    assert record["responsePayload"]["errorMessage"] == record["requestContext"]["requestId"]


def test_failed_event_without_a_queue_is_dropped_after_two_retries() -> None:
    invoker, async_invoker, deliveries = started(function("crash"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    async_invoker.invoke("CrashFunction", None)
    wait(async_invoker)

    assert (len(runs), deliveries) == (3, [])


def test_unknown_function_is_rejected_at_once() -> None:
    _, async_invoker, _ = started()

    with pytest.raises(UnknownFunction, match="unknown"):
        async_invoker.invoke("unknown", {})


def test_running_lists_the_folder_until_the_function_ends() -> None:
    invoker, async_invoker, _ = started(function("echo"))
    release = threading.Event()

    def hold(_: str, __: Any) -> None:
        release.wait(60)

    invoker.before = hold
    async_invoker.invoke("EchoFunction", {})
    running = async_invoker.running()
    release.set()
    wait(async_invoker)

    assert (running, async_invoker.accepted) == (["echo"], 1)


def test_invocation_interrupted_by_stop_is_not_retried() -> None:
    invoker, async_invoker, deliveries = started(replace(function("echo"), on_failure_queue=QUEUE))
    runs, begun, release = [], threading.Event(), threading.Event()

    def interrupt(_: str, event: Any) -> None:
        runs.append(event)
        begun.set()
        release.wait(60)
        raise ConnectionResetError

    invoker.before = interrupt
    async_invoker.invoke("EchoFunction", {})
    assert begun.wait(60)
    invoker.stop(timeout_seconds=0)
    release.set()
    wait(async_invoker)

    assert (len(runs), deliveries) == (1, [])


def test_stopped_invoker_accepts_no_events() -> None:
    invoker, async_invoker, _ = started(function("echo"))
    runs: list[Any] = []
    invoker.before = lambda _, event: runs.append(event)

    async_invoker.stop(timeout_seconds=0)
    async_invoker.invoke("EchoFunction", {})

    assert (async_invoker.running(), async_invoker.accepted, runs) == ([], 0, [])
