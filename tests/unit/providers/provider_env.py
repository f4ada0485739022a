"""Environment of adapter tests: settings, a fake secret and the captured log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.settings import settings

_ENVIRONMENT = {
    "VIDEOS_TABLE": "videos",
    "REQUESTS_TABLE": "requests",
    "COMMUNITIES_TABLE": "communities",
    "SHARES_TABLE": "shares",
    "SLOTS_TABLE": "slots",
    "DISPATCH_FUNCTION": "dispatch",
    "COUNT_FUNCTION": "keepreel-test-count",
    "SIGNING_SECRET_NAME": "keepreel/test/signing",
    "MEDIA_BUCKET": "media",
    "VIDEO_WORKFLOW_ARN": "arn:aws:states:eu-central-1:000000000000:stateMachine:video",
    "WORKER_FUNCTION": "keepreel-test-account-worker",
    "EVENT_BUS": "keepreel-test",
    "PUBLIC_URL": "",
    "PUBLIC_URL_PARAMETER": "/keepreel/test/public-url",
    "PAUSED_PARAMETER": "/keepreel/test/paused",
    **{f"{name.upper()}_SECRET_NAME": f"keepreel/test/{name}" for name in registry.PROVIDERS},
    **{f"{name.upper()}_BASE_URL": "http://127.0.0.1:9" for name in registry.PROVIDERS},  # no server listens there
    "HIGGSFIELD_MODEL_PATH": "higgsfield-ai/dop/standard",
    "HIGGSFIELD_KEY_HOURS": "20",
    "EXTRA_MODELS": "",
    "CONTENT_CREDENTIALS": "off",
    "CONTENT_CREDENTIALS_SECRET_NAME": "keepreel/test/content-credentials",
    "CONTENT_CREDENTIALS_KMS_KEY_ID": "",
    "TIMESTAMP_URL": "",
    "CALLBACKS": "no",
    "KLING_WEBHOOK_SECRET_NAME": "",
    "WAIT_SCALE": "1",
    "PROVIDER_CAPACITY": "kling=5,higgsfield=4",
    "DAILY_VIDEO_LIMIT": "50",
    "DAILY_SPEND_LIMIT_CENTS": "5000",
    "IN_FLIGHT_LIMIT": "20",
    "FAIRNESS_SECONDS": "180",
    "GLOBAL_DAILY_SPEND_LIMIT_CENTS": "0",
    "GLOBAL_SPEND_SHARDS": "1",
    "USER_POOL_ID": "pool",
    "USER_POOL_CLIENT_ID": "client",
    "SELF_SIGN_UP": "no",
    "DEMO_USER": "",
}


class FakeSecret:
    """Replaces `aws.secret`: `stored` is in Secrets Manager, `cached` was read before the last rotation."""

    def __init__(self, secret_name: str, stored: dict[str, Any]) -> None:
        self._secret_name = secret_name
        self.stored = stored
        self.cached: dict[str, Any] | None = None
        self.fresh_reads = 0

    def __call__(self, name: str, *, fresh: bool = False) -> dict[str, Any]:
        assert name == self._secret_name
        self.fresh_reads += fresh
        return dict(self.stored if fresh or self.cached is None else self.cached)


class CapturedLog(logging.Handler):
    """The lines of Keepreel's logger, with all fields."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.__dict__)

    def __str__(self) -> str:
        return repr(self.lines)


@contextmanager
def environment_set(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Iterator[None]:
    """Set the environment and reload the settings for the duration of a test."""
    for name, value in {**_ENVIRONMENT, **changes}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


@contextmanager
def captured_log() -> Iterator[CapturedLog]:
    """Capture every line, debug lines included."""
    keepreel_logger, handler = logging.getLogger(logger.name), CapturedLog()
    level = keepreel_logger.level
    keepreel_logger.addHandler(handler)
    keepreel_logger.setLevel(logging.DEBUG)
    yield handler
    keepreel_logger.setLevel(level)
    keepreel_logger.removeHandler(handler)
