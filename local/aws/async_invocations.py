"""Lambda's asynchronous invocations: one that fails is tried again, and in the end its queue is told why."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import boto3

from local.aws.lambda_invoker import Function, InvocationResult, Invoker
from local.aws.template import Json

Deliver = Callable[[str, Json], None]
"""Sends a document to a queue, known by its ARN."""


class AsyncInvoker:
    """Runs each invocation in a thread of its own, and tries again at once where Lambda waits for minutes.

    `deliver` gets what failed for good, for the functions whose EventInvokeConfig names a queue.
    """

    def __init__(self, invoker: Invoker, *, deliver: Deliver) -> None:
        self._invoker = invoker
        self._deliver = deliver
        self._threads: dict[threading.Thread, str] = {}
        self._is_stopping = False
        self._lock = threading.Lock()
        self.accepted = 0  # how many so far

    def invoke(self, name: str, event: Json) -> None:
        """Takes an event for a function, known by its logical id, name or ARN. Raises UnknownFunction."""
        function = self._invoker.function(name)
        thread = threading.Thread(target=self._run, args=(function, event), daemon=True)
        with self._lock:
            if self._is_stopping:
                return
            self.accepted += 1
            self._threads[thread] = function.folder
            thread.start()

    def running(self) -> list[str]:
        """The folders of the functions that still run, or are about to."""
        with self._lock:
            return list(self._threads.values())

    def stop(self, *, timeout_seconds: float) -> None:
        """Takes nothing any more. What runs ends with the invoker, which must have been stopped before."""
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
            # What the stack's end broke off has not failed.
            if not result.is_error or self._invoker.is_stopping:
                return
        if function.on_failure_queue:
            self._deliver(
                function.on_failure_queue, _record(function, event=event, result=result, request_id=request_id)
            )


def send_to_queue(arn: str, document: Json) -> None:
    """Sends a document to one of the cloud's queues."""
    # A session of one's own: the default one is not safe where several threads make clients with it.
    sqs = boto3.Session().client("sqs")
    url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(document))


def _record(function: Function, *, event: Json, result: InvocationResult, request_id: str) -> Json:
    """As https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html shows it."""
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1 + function.retries,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": result.value,
    }
