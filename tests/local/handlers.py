"""Lambda handlers for the tests of the local stack."""

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
