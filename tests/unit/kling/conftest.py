"""A scripted Kling on 127.0.0.1, the settings that lead to it, and what our logger says meanwhile."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from keepreel import aws
from keepreel.logs import logger
from keepreel.settings import settings
from tests.unit.kling.samples import API_KEY
from tests.unit.kling.scripted_kling import ScriptedKling

_ENVIRONMENT = {
    "VIDEOS_TABLE": "videos",
    "REQUESTS_TABLE": "requests",
    "MEDIA_BUCKET": "media",
    "VIDEO_WORKFLOW_ARN": "arn:aws:states:eu-central-1:000000000000:stateMachine:video",
    "PUBLIC_URL": "",
    "PUBLIC_URL_PARAMETER": "/keepreel/test/public-url",
    "KLING_SECRET_NAME": "keepreel/test/kling",
    "WAIT_SCALE": "1",
    "DAILY_VIDEO_LIMIT": "50",
}


class Keys:
    """The secret as Secrets Manager holds it; `cached` is what an earlier read left in this process."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {"api_key": API_KEY}
        self.cached: dict[str, Any] | None = None
        self.fresh_reads = 0

    def __call__(self, name: str, *, fresh: bool = False) -> dict[str, Any]:
        assert name == "keepreel/test/kling"
        self.fresh_reads += fresh
        return self.held if fresh or self.cached is None else self.cached


class Log(logging.Handler):
    """Every line of our logger, with all its fields."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.__dict__)

    def __str__(self) -> str:
        return repr(self.lines)


@pytest.fixture
def kling_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedKling]:
    with ScriptedKling() as server:
        _configure(monkeypatch, base_url=server.base_url)
        yield server
    settings.cache_clear()


def _configure(monkeypatch: pytest.MonkeyPatch, *, base_url: str) -> None:
    for name, value in {**_ENVIRONMENT, "KLING_BASE_URL": base_url}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys()
    monkeypatch.setattr(aws, "secret", keys)
    return keys


@pytest.fixture(autouse=True)
def log() -> Iterator[Log]:
    ours, handler = logging.getLogger(logger.name), Log()
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield handler
    ours.setLevel(level)
    ours.removeHandler(handler)
