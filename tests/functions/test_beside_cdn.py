"""Requests beside the CDN: refused before any route and any read, where the deployment has a CDN."""

from typing import Any

import pytest
import requests

from keepreel.settings import cdn_key
from local.stack import Stack
from tests.api_client import ApiClient

ROUTES = ["/", "/config.json", "/static/index.html", "/s/AAAAAAAAAAAAAAAAAAAAAA", "/v1/videos", "/v1/models", "/nope"]


@pytest.fixture
def only_cdn(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Refuse other requests, and return the header that the CDN sends along."""
    monkeypatch.setenv("ONLY_THROUGH_CDN", "yes")
    return {"x-keepreel-cdn": cdn_key()}


def get(user: ApiClient, path: str, headers: dict[str, str]) -> requests.Response:
    return user.send("GET", path, headers=headers)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("headers", [{}, {"x-keepreel-cdn": ""}, {"x-keepreel-cdn": "guessed"}])
def test_a_request_beside_the_cdn_is_refused(
    path: str, headers: dict[str, str], only_cdn: dict[str, str], user: ApiClient
) -> None:
    response = get(user, path, headers)

    assert (response.status_code, response.json()["code"]) == (403, "beside_cdn")
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ROUTES)
def test_a_request_through_the_cdn_is_answered(path: str, only_cdn: dict[str, str], user: ApiClient) -> None:
    assert get(user, path, only_cdn).status_code == (404 if path in {"/nope", ROUTES[3]} else 200)


def test_a_refused_create_writes_and_spends_nothing(only_cdn: dict[str, str], user: ApiClient) -> None:
    response = user.send("POST", "/v1/videos", json={"prompt": "a wave"})

    assert response.status_code == 403
    assert user.send("GET", "/v1/videos", headers=only_cdn).json()["videos"] == []


def test_without_its_key_nothing_counts_as_the_cdn(monkeypatch: pytest.MonkeyPatch, user: ApiClient) -> None:
    monkeypatch.setenv("ONLY_THROUGH_CDN", "yes")
    monkeypatch.setenv("CDN_KEY", "")

    assert get(user, "/", {"x-keepreel-cdn": ""}).status_code == 403


def test_events_and_schedules_need_no_cdn(only_cdn: dict[str, str], stack: Stack) -> None:
    event: dict[str, Any] = {
        "version": "0",
        "id": "0198f2a0-0000-7000-8000-00000000000b",
        "detail-type": "CommunityCreated",
        "source": "our.app",
        "detail": {"community_id": "any", "intro_video": False},
    }

    result = stack.invoker.invoke("GenerateBotVideoFunction", event)

    assert not result.is_error
