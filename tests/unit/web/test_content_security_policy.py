"""The page's security headers on AWS."""

from collections.abc import Iterator

import pytest

from keepreel.web import content_security_policy
from tests.unit.providers.provider_env import environment_set

BUCKET = "https://media.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def _on_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with environment_set(monkeypatch):
        yield


@pytest.mark.usefixtures("_on_aws")
def test_page_may_reach_only_its_own_origin_cognito_and_the_bucket() -> None:
    policy = content_security_policy.headers()["Content-Security-Policy"]

    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' blob: {BUCKET}",
        "media-src 'self' blob:",
        f"connect-src 'self' https://cognito-idp.eu-west-1.amazonaws.com {BUCKET}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


@pytest.mark.usefixtures("_on_aws")
def test_page_may_load_media_from_the_public_url_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with environment_set(monkeypatch, PUBLIC_URL="https://videos.example/"):
        policy = content_security_policy.headers()["Content-Security-Policy"].split("; ")

    assert "media-src 'self' blob: https://videos.example" in policy
    assert any(it.startswith("img-src 'self' blob: https://videos.example ") for it in policy)


@pytest.mark.usefixtures("_on_aws")
def test_page_is_isolated_and_sends_no_referrer() -> None:
    headers = content_security_policy.headers()

    del headers["Content-Security-Policy"]
    assert headers == {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }
