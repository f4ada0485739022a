"""A scripted Higgsfield on 127.0.0.1, the settings that lead to it, and what our logger says meanwhile."""

from collections.abc import Iterator

import pytest

from keepreel import aws
from tests.unit.providers.higgsfield.samples import KEY
from tests.unit.providers.provider_env import Keys, Log, configured, overheard
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.fixture
def higgsfield_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer() as server, configured(monkeypatch, HIGGSFIELD_BASE_URL=server.base_url):
        yield server


@pytest.fixture
def settings_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with configured(monkeypatch, HIGGSFIELD_BASE_URL="https://api.higgsfield.ai"):
        yield


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys("keepreel/test/higgsfield", {"key": KEY})
    monkeypatch.setattr(aws, "secret", keys)
    return keys


@pytest.fixture(autouse=True)
def log() -> Iterator[Log]:
    with overheard() as log:
        yield log
