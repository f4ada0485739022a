"""A scripted Kling on 127.0.0.1, the settings that lead to it, and what our logger says meanwhile."""

from collections.abc import Iterator

import pytest

from keepreel import aws
from tests.unit.providers.kling.samples import API_KEY
from tests.unit.providers.provider_env import Keys, Log, configured, overheard
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.fixture
def kling_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer() as server, configured(monkeypatch, KLING_BASE_URL=server.base_url):
        yield server


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys("keepreel/test/kling", {"api_key": API_KEY})
    monkeypatch.setattr(aws, "secret", keys)
    return keys


@pytest.fixture(autouse=True)
def log() -> Iterator[Log]:
    with overheard() as log:
        yield log
