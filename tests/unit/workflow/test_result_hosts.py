"""Hosts of a provider's files: known ones, unknown ones, and the strict setting."""

from types import SimpleNamespace
from typing import Any

import pytest

from keepreel import metrics
from keepreel.providers import registry
from keepreel.urls import BadUrl
from keepreel.workflow import result_hosts

KNOWN = [
    ("kling", "v16-kling-fdl.klingai.com"),
    ("kling", "cdn.klingai.com"),
    ("kling", "klingai.com"),
    ("kling", "v1-fdl.kechuangai.com"),
    ("higgsfield", "cdn.higgsfield.ai"),
    ("higgsfield", "d3u0tzju9qaucj.cloudfront.net"),
    ("higgsfield", "d8j0ntlcm91z4.cloudfront.net"),
]
UNKNOWN = [
    ("kling", "files.example.com"),
    ("kling", "evilklingai.com"),
    ("kling", "klingai.com.example.com"),
    ("kling", "cdn.higgsfield.ai"),
    ("higgsfield", "cloudfront.net"),
    ("higgsfield", "d1.cloudfront.net"),
    ("higgsfield", "cdn.klingai.com"),
]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(metrics, "count", names.append)
    monkeypatch.delenv("RESULT_HOSTS", raising=False)
    return names


def check(provider: str, host: str) -> None:
    video: Any = SimpleNamespace(provider=provider, video_id="1", owner="user#1")
    result_hosts.checker(video)(host)


@pytest.mark.parametrize("setting", ["*", ""])
@pytest.mark.parametrize(("provider", "host"), KNOWN)
def test_known_host_is_allowed_and_not_reported(
    provider: str, host: str, setting: str, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESULT_HOSTS", setting)

    check(provider, host)

    assert counted == []


@pytest.mark.parametrize(("provider", "host"), UNKNOWN)
def test_unknown_host_is_allowed_by_default_and_reported(provider: str, host: str, counted: list[str]) -> None:
    check(provider, host)

    assert counted == ["ResultFileProblem"]


@pytest.mark.parametrize("setting", ["", "files.example.org", ", files.example.org,"])
@pytest.mark.parametrize(("provider", "host"), UNKNOWN)
def test_unknown_host_is_refused_and_reported_without_the_star(
    provider: str, host: str, setting: str, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESULT_HOSTS", setting)

    with pytest.raises(BadUrl, match="not in the list"):
        check(provider, host)

    assert counted == ["ResultFileProblem"]


@pytest.mark.parametrize("setting", ["example.com", "*, Example.com", "other.example, files.example.com"])
def test_host_in_the_setting_is_known(setting: str, counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESULT_HOSTS", setting)

    check("kling", "files.example.com")

    assert counted == []


def test_every_provider_lists_hosts() -> None:
    for name, row in registry.PROVIDERS.items():
        assert row.result_hosts, name
        assert all(it == it.lower().strip(".") and "." in it for it in row.result_hosts)
