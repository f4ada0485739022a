"""Fixtures: a scripted Higgsfield server, settings that point to it, a fake secret and the captured log."""

from collections.abc import Iterator

import pytest

from keepreel import aws
from tests.unit.providers.higgsfield.samples import KEY
from tests.unit.providers.provider_env import CapturedLog, FakeSecret, captured_log, environment_set
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.fixture
def higgsfield_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer() as server, environment_set(monkeypatch, HIGGSFIELD_BASE_URL=server.base_url):
        yield server


@pytest.fixture
def settings_without_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with environment_set(monkeypatch, HIGGSFIELD_BASE_URL="https://api.higgsfield.ai"):
        yield


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> FakeSecret:
    secret = FakeSecret("keepreel/test/higgsfield", {"key": KEY})
    monkeypatch.setattr(aws, "secret", secret)
    return secret


@pytest.fixture(autouse=True)
def log() -> Iterator[CapturedLog]:
    with captured_log() as log:
        yield log
