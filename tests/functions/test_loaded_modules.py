"""Modules that a cold start loads: each function answers one event in a fresh interpreter with only what it needs."""

import json
import subprocess
import sys
from dataclasses import dataclass
from textwrap import dedent
from typing import Any
from uuid import uuid4

import pytest

from local.paths import ROOT
from local.stack import Stack
from local.tools.local_invoke import Command

# `import boto3` loads the other three of them.
SLOW = {"boto3", "s3transfer", "multiprocessing", "asyncio", "av", "PIL"}
# Powertools loads botocore's own package, in which there is no session and no client.
BOTO = {"botocore.session", "botocore.client", "pynamodb", "urllib3"}
PYDANTIC = {"pydantic", "pydantic_core"}
HTTP_CLIENT = {"requests"}

ANSWER = """
    import gc, importlib, json, sys

    class Context:
        aws_request_id = "request"
        get_remaining_time_in_millis = staticmethod(lambda: 60_000)

    app = importlib.import_module(f"functions.{sys.argv[1]}.app")
    result = app.lambda_handler(json.loads(sys.argv[2]), Context())
    loaded = sorted(sys.modules)
    clients = [it for it in gc.get_objects() if type(it).__module__ == "botocore.client" and hasattr(it, "meta")]
    print(json.dumps([result, loaded, sorted(it.meta.service_model.service_name for it in clients)]))
"""


@dataclass(frozen=True)
class Case:
    """An event for a function: the status of the response, modules that are not loaded, and clients that are made."""

    folder: str
    status: int | None
    unloaded: set[str]
    clients: tuple[str, ...] = ("dynamodb",)
    path: str = ""


CASES = {
    "one video": Case("check_video_status", 404, SLOW | PYDANTIC | HTTP_CLIENT),
    "list": Case("library", 200, SLOW | PYDANTIC | HTTP_CLIENT),
    "statistics": Case("library", 200, SLOW | PYDANTIC | HTTP_CLIENT, path="/v1/stats"),
    "models": Case("communities", 200, SLOW | PYDANTIC | HTTP_CLIENT, path="/v1/models"),
    "communities": Case("communities", 200, SLOW | PYDANTIC | HTTP_CLIENT, path="/v1/communities"),
    "templates": Case("communities", 200, SLOW | PYDANTIC | HTTP_CLIENT, clients=(), path="/v1/templates"),
    "share page": Case("shared_video", 404, SLOW | PYDANTIC | HTTP_CLIENT),
    "page": Case("web", 200, SLOW | PYDANTIC | HTTP_CLIENT | BOTO, clients=()),
    "unknown path": Case("web", 404, SLOW | PYDANTIC | HTTP_CLIENT | BOTO, clients=(), path="/nope"),
    "create": Case("generate_video", 202, SLOW | HTTP_CLIENT, clients=("dynamodb", "lambda", "ssm")),
    "delete": Case("delete_video", 404, SLOW | PYDANTIC),
    "poll": Case("poll_provider", None, SLOW | PYDANTIC),
    "submit": Case("submit_video", None, SLOW | PYDANTIC),
}


@pytest.mark.parametrize("name", CASES)
def test_cold_start_loads_only_what_the_event_needs(name: str, stack: Stack) -> None:
    case = CASES[name]
    result, loaded, clients = answer(case)

    assert result.get("statusCode") == case.status
    assert case.unloaded & set(loaded) == set()
    assert tuple(clients) == case.clients


def answer(case: Case) -> tuple[dict[str, Any], list[str], list[str]]:
    event = Command(function="", event=f"tests/events/{case.folder}.json").content(str(uuid4()))
    if case.path:
        event["rawPath"] = event["requestContext"]["http"]["path"] = case.path
        event["requestContext"]["http"]["method"] = "GET"
        event.pop("body", None)
    if "headers" in event:
        event["headers"]["idempotency-key"] = str(uuid4())
    command = [sys.executable, "-c", dedent(ANSWER), case.folder, json.dumps(event)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result, loaded, clients = json.loads(done.stdout.splitlines()[-1])
    return result, loaded, clients
