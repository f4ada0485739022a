"""Which providers a stack uses: the real ones whose keys the environment has, simulators for the others."""

import os
from contextlib import ExitStack

import pytest

from local.providers.keys import (
    REAL_HIGGSFIELD,
    REAL_KLING,
    BadKeys,
    RealProvider,
    take_higgsfield,
    take_kling,
)
from local.providers.providers import Providers

KLING = ("KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_BASE_URL")
HIGGSFIELD = ("HIGGSFIELD_KEY", "HIGGSFIELD_API_KEY", "HIGGSFIELD_API_SECRET", "HIGGSFIELD_BASE_URL")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KLING, *HIGGSFIELD):
        monkeypatch.delenv(name, raising=False)


def give(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, None),
        ({"KLING_BASE_URL": "https://kling.example"}, None),
        ({"KLING_API_KEY": "k"}, RealProvider(base_url=REAL_KLING, keys={"api_key": "k"})),
        (
            {"KLING_ACCESS_KEY": "a", "KLING_SECRET_KEY": "s", "KLING_BASE_URL": "https://kling.example"},
            RealProvider(base_url="https://kling.example", keys={"access_key": "a", "secret_key": "s"}),
        ),
    ],
)
def test_whole_keys_mean_the_real_kling_and_leave_the_environment(
    given: dict[str, str], taken: RealProvider | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, given)

    assert take_kling() == taken
    assert [name for name in KLING if name in os.environ] == []


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, None),
        ({"HIGGSFIELD_BASE_URL": "https://higgsfield.example"}, None),
        ({"HIGGSFIELD_KEY": "id:secret"}, RealProvider(base_url=REAL_HIGGSFIELD, keys={"key": "id:secret"})),
        (
            {
                "HIGGSFIELD_API_KEY": "id",
                "HIGGSFIELD_API_SECRET": "secret",
                "HIGGSFIELD_BASE_URL": "http://127.0.0.1:9",
            },
            RealProvider(base_url="http://127.0.0.1:9", keys={"key": "id:secret"}),
        ),
    ],
)
def test_a_whole_key_means_the_real_higgsfield_and_leaves_the_environment(
    given: dict[str, str], taken: RealProvider | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, given)

    assert take_higgsfield() == taken
    assert [name for name in HIGGSFIELD if name in os.environ] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"KLING_ACCESS_KEY": "a"}, "belong together"),
        ({"KLING_SECRET_KEY": "s"}, "belong together"),
        ({"KLING_API_KEY": "k", "KLING_BASE_URL": "kling.example"}, "KLING_BASE_URL must start with https"),
        ({"HIGGSFIELD_API_KEY": "a"}, "belong together"),
        ({"HIGGSFIELD_API_SECRET": "s"}, "belong together"),
        ({"HIGGSFIELD_KEY": "canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "canary:"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": ":canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "Key canary:canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "i:s", "HIGGSFIELD_BASE_URL": "ftp://x"}, "HIGGSFIELD_BASE_URL must start with https"),
    ],
)
def test_what_cannot_be_meant_is_said_and_not_guessed(
    given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, given)

    with pytest.raises(BadKeys, match=words) as caught:
        Providers()

    assert "canary" not in str(caught.value)


def test_keys_are_not_shown_with_the_provider() -> None:
    assert "secret" not in repr(RealProvider(base_url="", keys={"api_key": "secret"}))


def test_the_template_is_told_of_the_real_ones_and_keeps_time_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, {"HIGGSFIELD_KEY": "id:secret"})

    providers = Providers()

    assert providers.parameters == {
        "KlingBaseUrl": "http://127.0.0.1:9",
        "KlingSecretName": "keepreel/local/kling",
        "HiggsfieldBaseUrl": REAL_HIGGSFIELD,
        "HiggsfieldSecretName": "keepreel/local/higgsfield",
        "WaitScale": "1",
    }
    assert providers.secrets == {
        "keepreel/local/kling": {"api_key": "local-api-key"},
        "keepreel/local/higgsfield": {"key": "id:secret"},
    }


def test_without_any_real_one_the_workflow_hurries() -> None:
    assert Providers().parameters["WaitScale"] == "0.1"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["a simulator of Kling", "a simulator of Higgsfield"]),
        ({"KLING_API_KEY": "k"}, ["the real Kling", "a simulator of Higgsfield"]),
        ({"HIGGSFIELD_KEY": "i:s"}, ["a simulator of Kling", "the real Higgsfield"]),
        ({"KLING_API_KEY": "k", "HIGGSFIELD_KEY": "i:s"}, ["the real Kling", "the real Higgsfield"]),
    ],
)
def test_only_what_is_not_real_is_simulated(
    given: dict[str, str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, given)

    with ExitStack() as closing:
        providers = Providers()
        providers.simulate({"finish_seconds": 1}, closing=closing)
        described = providers.described().splitlines()
        described_one = providers.described("higgsfield")

    simulated = [it for it in (providers.kling, providers.higgsfield) if it]
    assert [line.removeprefix("Provider      ").partition(" at ")[0] for line in described] == words
    assert [line.endswith("EVERY VIDEO COSTS MONEY") for line in described] == ["real" in it for it in words]
    assert described_one == described[1]
    assert [it.shown_settings()["finish_seconds"] for it in simulated] == [1] * (2 - len(providers.real))
    assert {it.base_url for it in simulated} <= set(providers.base_urls.values())
