"""Lambda handlers for the tests of the local stack."""

import os
import sys
import threading
from typing import Any

release = threading.Event()


def echo(event: dict[str, Any], _: object) -> dict[str, Any]:
    return event


def teapot(event: dict[str, Any], _: object) -> dict[str, Any]:
    return {
        "statusCode": 418,
        "headers": {"X-Kind": "teapot", "Access-Control-Allow-Origin": "https://evil.example"},
        "cookies": ["a=1", "b=2"],
        "body": event.get("body", ""),
        "isBase64Encoded": event["isBase64Encoded"],
    }


def crash(_: dict[str, Any], __: object) -> None:
    raise ZeroDivisionError("not a number")


def nonsense(_: dict[str, Any], __: object) -> dict[str, Any]:
    return {"statusCode": "not a status", "body": 7}


def hang(_: dict[str, Any], __: object) -> dict[str, Any]:
    release.wait(30)
    return {}


def opaque(_: dict[str, Any], __: object) -> dict[str, Any]:
    return {"response": object()}


def facts(_: dict[str, Any], context: Any) -> dict[str, Any]:
    return {
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "has_time": 0 < context.get_remaining_time_in_millis() <= 7000,
        "has_id": len(context.aws_request_id) == 36,
    }


def fail_with_id(_: dict[str, Any], context: Any) -> None:
    raise LookupError(context.aws_request_id)


def process(_: dict[str, Any], __: object) -> int:
    return os.getpid()


def end_process(event: dict[str, Any], _: object) -> None:
    """End the process as the event says: by a signal, or with an exit code."""
    if "signal" in event:
        os.kill(os.getpid(), event["signal"])
    sys.exit(event["code"])


def say(event: dict[str, Any], _: object) -> None:
    print(event["text"])  # noqa: T201  # as a handler's logger does
