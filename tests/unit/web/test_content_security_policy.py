"""The page's security headers on AWS."""

from collections.abc import Iterator

import pytest

from keepreel import aws
from keepreel.web import content_security_policy
from tests.unit.providers.provider_env import environment_set

CDN = "https://d111111abcdef8.cloudfront.net"
BUCKET = "https://media.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def _on_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(aws, "parameter", {"/keepreel/test/public-url": f"{CDN}/"}.__getitem__)
    with environment_set(monkeypatch):
        yield


@pytest.mark.usefixtures("_on_aws")
def test_page_may_reach_only_cognito_the_bucket_and_the_cdn() -> None:
    policy = content_security_policy.headers()["Content-Security-Policy"]

    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        f"img-src 'self' blob: {CDN} {BUCKET}",
        f"media-src 'self' blob: {CDN}",
        f"connect-src 'self' https://cognito-idp.eu-west-1.amazonaws.com {BUCKET}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


@pytest.mark.usefixtures("_on_aws")
def test_page_is_isolated_and_sends_no_referrer() -> None:
    headers = content_security_policy.headers()

    del headers["Content-Security-Policy"]
    assert headers == {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }
