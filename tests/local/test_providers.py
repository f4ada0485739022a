"""Which Kling a stack uses."""

import os

import pytest

from local.providers import REAL_KLING, BadKeys, RealKling, take_real_kling

VARIABLES = ("KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_BASE_URL")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, None),
        ({"KLING_BASE_URL": "https://kling.example"}, None),
        ({"KLING_API_KEY": "k"}, RealKling(base_url=REAL_KLING, keys={"api_key": "k"})),
        (
            {"KLING_ACCESS_KEY": "a", "KLING_SECRET_KEY": "s", "KLING_BASE_URL": "https://kling.example"},
            RealKling(base_url="https://kling.example", keys={"access_key": "a", "secret_key": "s"}),
        ),
    ],
)
def test_whole_keys_mean_the_real_kling_and_leave_the_environment(
    given: dict[str, str], taken: RealKling | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert take_real_kling() == taken
    assert [name for name in VARIABLES if name in os.environ] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"KLING_ACCESS_KEY": "a"}, "belong together"),
        ({"KLING_SECRET_KEY": "s"}, "belong together"),
        ({"KLING_API_KEY": "k", "KLING_BASE_URL": "kling.example"}, "must start with https"),
    ],
)
def test_what_cannot_be_meant_is_said_and_not_guessed(
    given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadKeys, match=words):
        take_real_kling()


def test_keys_are_not_shown_with_the_provider() -> None:
    assert "secret" not in repr(RealKling(base_url="", keys={"api_key": "secret"}))
