"""Log lines name the API request, the invocation, the video, the execution and the task, so that logs can be joined."""

import json
import logging
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from keepreel import logs
from keepreel.logs import logger
from local.paths import ROOT
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.workflow_driver import create_video, now, take_slot

FUNCTIONS = sorted(it.parent.name for it in ROOT.glob("functions/*/app.py"))
CONTEXT: Any = SimpleNamespace(function_name="keepreel-dev-submit", aws_request_id="invocation")


class Lines(logging.Handler):
    """Log lines as CloudWatch gets them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(json.loads(logger.registered_formatter.format(record)))

    def of(self, message: str) -> dict[str, Any]:
        return next(it for it in self.found if it["message"] == message)


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logger.addHandler(handler)
    yield handler
    logging.getLogger(logger.service).removeHandler(handler)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_names_its_invocation_in_its_lines(name: str) -> None:
    handler = import_module(f"functions.{name}.app").lambda_handler

    assert handler.__code__ is logs.with_context(lambda _event, _context: None).__code__


def test_lines_of_an_api_request_have_its_id_and_the_video(user: ApiClient, lines: Lines) -> None:
    response = user.create_video()

    video = response.json()["videos"][0]
    line = lines.of("created")
    assert (line["video_id"], line["owner"]) == (video["id"], user.owner)
    assert line["request_id"]
    assert line["function_request_id"]


def test_request_id_of_an_error_response_is_in_the_lines_of_the_function(user: ApiClient, lines: Lines) -> None:
    @logs.with_context
    def handler(event: dict[str, Any], _context: Any) -> None:
        logger.info("works")

    request_id = user.send("GET", "/v1/videos/nope").json()["request_id"]
    handler({"requestContext": {"requestId": request_id}, "pathParameters": {"video_id": "v"}}, CONTEXT)

    names = ("request_id", "function_request_id", "function", "video_id")
    assert [lines.of("works")[it] for it in names] == [request_id, "invocation", "keepreel-dev-submit", "v"]


def test_lines_of_a_step_have_the_video_the_execution_and_the_task(
    without_workflow: None, kling: KlingSimulator, lines: Lines
) -> None:
    video = create_video()
    take_slot(video)
    event = {"owner": video.owner, "video_id": video.video_id}
    import_module("functions.submit_video.app").lambda_handler(event, CONTEXT)
    kling.fault(on="query", kind="http", status=502, external_id=video.video_id)

    import_module("functions.poll_provider.app").lambda_handler(event, CONTEXT)

    line = lines.of("poll got no response")
    assert (line["video_id"], line["owner"], line["execution"]) == (video.video_id, video.owner, video.video_id)
    assert line["task_id"] == now(video).provider_task_id
    assert "task_id" not in lines.of("Kling response")  # of the submit, before there was a task


def test_fields_of_an_invocation_end_with_it(lines: Lines) -> None:
    @logs.with_context
    def handler(event: object, _context: Any) -> None:
        logger.info(str(event)[:9])

    handler({"video_id": "first", "owner": "user#1"}, CONTEXT)
    handler(["a list"], CONTEXT)

    assert "video_id" not in lines.of("['a list'")
    assert "owner" not in lines.of("['a list'")
