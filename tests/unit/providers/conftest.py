"""Fixture: a scripted server that stands in for every provider."""

from collections.abc import Iterator

import pytest

from keepreel import aws
from tests.unit.providers.provider_env import environment_set
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        urls = {"KLING_BASE_URL": server.base_url, "HIGGSFIELD_BASE_URL": server.base_url}
        with environment_set(monkeypatch, **urls):
            monkeypatch.setattr(aws, "secret", lambda *_, **__: {"api_key": "k", "key": "id:secret"})
            yield server
