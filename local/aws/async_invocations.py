"""Asynchronous Lambda invocations: retries, and a message to the failure queue after the last one."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import boto3

from local.aws.handlers import InvocationResult
from local.aws.lambda_function import Function
from local.aws.lambda_invoker import Invoker
from local.aws.template import Json

Deliver = Callable[[str, Json], None]
"""Sends a document to the queue with this ARN."""


class AsyncInvoker:
    """Runs each invocation in its own thread, and retries at once where Lambda waits for minutes.

    `deliver` receives the invocations that failed on every try, if the function's EventInvokeConfig names a queue.
    """

    def __init__(self, invoker: Invoker, *, deliver: Deliver) -> None:
        self._invoker = invoker
        self._deliver = deliver
        self._threads: dict[threading.Thread, str] = {}
        self._is_stopping = False
        self._lock = threading.Lock()
        self.accepted = 0  # total number of invocations

    def invoke(self, name: str, event: Json) -> None:
        """Queue an event for the function with this logical id, name or ARN. Raises UnknownFunction."""
        function = self._invoker.function(name)
        thread = threading.Thread(target=self._run, args=(function, event), daemon=True)
        with self._lock:
            if self._is_stopping:
                return
            self.accepted += 1
            self._threads[thread] = function.folder
            thread.start()

    def running(self) -> list[str]:
        """Return the folders of the functions that run or are about to."""
        with self._lock:
            return list(self._threads.values())

    def stop(self, *, timeout_seconds: float) -> None:
        """Accept no more invocations, and wait for running ones. Stop the invoker first, because it ends them."""
        with self._lock:
            self._is_stopping = True
            threads = list(self._threads)
        deadline = time.monotonic() + timeout_seconds
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))

    def _run(self, function: Function, event: Json) -> None:
        try:
            self._try(function, event=event, request_id=str(uuid.uuid4()))
        finally:
            with self._lock:
                del self._threads[threading.current_thread()]
            self._invoker.notify()

    def _try(self, function: Function, *, event: Json, request_id: str) -> None:
        for _ in range(1 + function.retries):
            result = self._invoker.invoke(function.logical_id, event, request_id=request_id)
            # An invocation that the stack interrupted while stopping has not failed.
            if not result.is_error or self._invoker.is_stopping:
                return
        if function.on_failure_queue:
            self._deliver(
                function.on_failure_queue, _record(function, event=event, result=result, request_id=request_id)
            )


def send_to_queue(arn: str, document: Json) -> None:
    """Send a document to a queue of the local SQS."""
    # A new session, because creating clients from the default session is not thread-safe.
    sqs = boto3.Session().client("sqs")
    url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(document))


def _record(function: Function, *, event: Json, result: InvocationResult, request_id: str) -> Json:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": request_id,
            "functionArn": function.arn if function.alias else f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1 + function.retries,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": result.value,
    }
