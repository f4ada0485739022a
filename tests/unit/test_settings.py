"""Settings from environment variables."""

import pytest

from keepreel import settings as settings_module
from keepreel.settings import DemoUser, settings
from tests.unit.providers.provider_env import environment_set


@pytest.mark.parametrize(
    ("value", "user"),
    [
        ("", None),
        ("demo@example.com:Keepreel-1", DemoUser(email="demo@example.com", password="Keepreel-1")),
        ("demo@example.com:a:b", DemoUser(email="demo@example.com", password="a:b")),
    ],
)
def test_demo_user_is_an_email_and_a_password_or_none(
    value: str, user: DemoUser | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, DEMO_USER=value):
        assert settings().demo_user == user


def test_sign_up_is_open_only_for_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for value in ("yes", "no"):
        with environment_set(monkeypatch, SELF_SIGN_UP=value):
            found[value] = settings().self_sign_up

    assert found == {"yes": True, "no": False}


def test_cognito_url_is_regional_or_the_local_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    on_aws = settings_module.cognito_url()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    here = settings_module.cognito_url()

    assert (on_aws, here) == ("https://cognito-idp.eu-west-1.amazonaws.com", "http://127.0.0.1:4566")
