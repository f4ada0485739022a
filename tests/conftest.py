"""One local stack for all tests: the real tables, the real workflow, Kling's wire. Each test is a person of its own."""

import os
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image

from keepreel import aws, workflow
from keepreel.settings import settings
from local.simulators.kling import KlingSimulator
from local.stack import Stack
from tests.person import Person

# Whoever has a real key in their environment must not pay for running the tests.
for name in ("KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_BASE_URL"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The workflow waits for nothing here (WaitScale 0), and videos are tiny and finished at once."""
    parameters = {"WaitScale": "0", "DailyVideoLimit": "30"}
    with Stack(parameters=parameters, simulator={"finish_seconds": 0, "footage_short_side": 64}) as stack:
        yield stack


@pytest.fixture
def kling(stack: Stack) -> Iterator[KlingSimulator]:
    """The stack's Kling. After the test it is as it was, and no workflow is left that could disturb the next one."""
    assert stack.kling is not None
    settings = stack.kling.shown_settings()

    yield stack.kling

    stack.kling.clear_faults()
    stack.kling.steer(**settings)
    wait_until_quiet()


@pytest.fixture
def person(stack: Stack, kling: KlingSimulator) -> Person:
    return newcomer(stack)


@pytest.fixture
def somebody_else(stack: Stack, kling: KlingSimulator) -> Person:
    return newcomer(stack)


@pytest.fixture
def without_workflow(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Videos stay as they were created, for tests that take each step themselves."""
    monkeypatch.setattr(workflow, "start", lambda _video: True)


@pytest.fixture
def daily_limit(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    def set_limit(videos: int) -> None:
        monkeypatch.setenv("DAILY_VIDEO_LIMIT", str(videos))
        settings.cache_clear()

    yield set_limit
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A JPEG, wider than high."""
    out = BytesIO()
    Image.linear_gradient("L").resize((960, 720)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def newcomer(stack: Stack) -> Person:
    email = f"{uuid4().hex}@example.com"
    stack.identity.add_user(email)
    return Person(url=stack.url, token=stack.sign_in(email))


def wait_until_quiet() -> None:
    patience = time.monotonic() + 60
    while running := _running():
        assert time.monotonic() < patience, running
        time.sleep(0.02)


def _running() -> list[str]:
    workflows = aws.stepfunctions().list_executions(
        stateMachineArn=settings().video_workflow_arn, statusFilter="RUNNING"
    )
    return [execution["name"] for execution in workflows["executions"]]
