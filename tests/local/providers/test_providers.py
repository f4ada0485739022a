"""The stack's providers: real ones whose keys are in the environment, simulators for the others."""

import os
from contextlib import ExitStack
from dataclasses import replace

import pytest

from keepreel.providers import registry
from local.providers import higgsfield, kling
from local.providers.keys import BadKeys, RealProvider
from local.providers.providers import LOCAL_PROVIDERS, Providers

KLING = ("KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY", "KLING_BASE_URL")
HIGGSFIELD = ("HIGGSFIELD_KEY", "HIGGSFIELD_API_KEY", "HIGGSFIELD_API_SECRET", "HIGGSFIELD_BASE_URL")


@pytest.fixture(autouse=True)
def two_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests list Kling and Higgsfield; another registered provider must not change their results."""
    for name in registry.PROVIDERS.keys() - {"kling", "higgsfield"}:
        monkeypatch.delitem(registry.PROVIDERS, name)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KLING, *HIGGSFIELD):
        monkeypatch.delenv(name, raising=False)


def set_environment(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, None),
        ({"KLING_BASE_URL": "https://kling.example"}, None),
        ({"KLING_API_KEY": "k"}, RealProvider(base_url=kling.REAL_BASE_URL, keys={"api_key": "k"})),
        (
            {"KLING_ACCESS_KEY": "a", "KLING_SECRET_KEY": "s", "KLING_BASE_URL": "https://kling.example"},
            RealProvider(base_url="https://kling.example", keys={"access_key": "a", "secret_key": "s"}),
        ),
    ],
)
def test_complete_keys_select_the_real_kling_and_leave_the_environment(
    given: dict[str, str], taken: RealProvider | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, given)

    assert kling.take_real() == taken
    assert [name for name in KLING if name in os.environ] == []


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, None),
        ({"HIGGSFIELD_BASE_URL": "https://higgsfield.example"}, None),
        ({"HIGGSFIELD_KEY": "id:secret"}, RealProvider(base_url=higgsfield.REAL_BASE_URL, keys={"key": "id:secret"})),
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
def test_complete_key_selects_the_real_higgsfield_and_leaves_the_environment(
    given: dict[str, str], taken: RealProvider | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, given)

    assert higgsfield.take_real() == taken
    assert [name for name in HIGGSFIELD if name in os.environ] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"KLING_ACCESS_KEY": "a"}, "set both"),
        ({"KLING_SECRET_KEY": "s"}, "set both"),
        ({"KLING_API_KEY": "k", "KLING_BASE_URL": "kling.example"}, "KLING_BASE_URL must start with https"),
        ({"HIGGSFIELD_API_KEY": "a"}, "set both"),
        ({"HIGGSFIELD_API_SECRET": "s"}, "set both"),
        ({"HIGGSFIELD_KEY": "canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "canary:"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": ":canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "Key canary:canary"}, "<key id>:<secret>"),
        ({"HIGGSFIELD_KEY": "i:s", "HIGGSFIELD_BASE_URL": "ftp://x"}, "HIGGSFIELD_BASE_URL must start with https"),
    ],
)
def test_incomplete_keys_are_an_error(given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, given)

    with pytest.raises(BadKeys, match=words) as caught:
        Providers()

    assert "canary" not in str(caught.value)


def test_repr_hides_the_keys() -> None:
    assert "secret" not in repr(RealProvider(base_url="", keys={"api_key": "secret"}))


def test_template_parameters_contain_the_real_provider_and_real_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, {"HIGGSFIELD_KEY": "id:secret"})

    providers = Providers()

    assert providers.parameters == {
        "KlingBaseUrl": "http://127.0.0.1:9",
        "KlingSecretName": "keepreel/local/kling",
        "HiggsfieldBaseUrl": higgsfield.REAL_BASE_URL,
        "HiggsfieldSecretName": "keepreel/local/higgsfield",
        "WaitScale": "1",
    }
    assert providers.secrets == {
        "keepreel/local/kling": {"api_key": "local-api-key"},
        "keepreel/local/higgsfield": {"key": "id:secret"},
    }


def test_waits_are_shorter_with_simulators_only() -> None:
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
def test_only_providers_without_keys_are_simulated(
    given: dict[str, str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, given)

    with ExitStack() as closing:
        providers = Providers()
        providers.simulate({"finish_seconds": 1}, closing=closing)
        described = providers.described().splitlines()
        described_one = providers.described("higgsfield")

    simulated = providers.simulators.values()
    assert [line.removeprefix("Provider      ").partition(" at ")[0] for line in described] == words
    assert [line.endswith("EVERY VIDEO COSTS MONEY") for line in described] == ["real" in it for it in words]
    assert described_one == described[1]
    assert [it.settings["finish_seconds"] for it in simulated] == [1] * (2 - len(providers.real))
    assert {it.base_url for it in simulated} <= set(providers.base_urls.values())


def test_registered_provider_is_simulated_without_further_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.PROVIDERS, "acme", replace(registry.info("kling"), title="Acme Video"))
    monkeypatch.setitem(LOCAL_PROVIDERS, "acme", LOCAL_PROVIDERS["kling"])

    with ExitStack() as closing:
        providers = Providers()
        providers.simulate({}, closing=closing)
        url = providers.simulators["acme"].base_url
        described = providers.described("acme")

    assert described == f"Provider      a simulator of Acme Video at {url}, which costs nothing"
    assert providers.parameters.items() >= {"AcmeBaseUrl": url, "AcmeSecretName": "keepreel/local/acme"}.items()
    assert providers.secrets["keepreel/local/acme"] == {"api_key": "local-api-key"}
