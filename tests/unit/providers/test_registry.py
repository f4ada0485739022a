"""The provider registry: complete rows, complete adapters, and no vendor's details elsewhere in the package."""

import re
import subprocess
import sys
import tomllib

import pytest

from keepreel.models import catalog
from keepreel.providers import registry
from local.paths import ROOT

PACKAGE = ROOT / "layers/keepreel/python/keepreel"
_PACKAGES = tuple(it.module.removesuffix(".adapter") for it in registry.PROVIDERS.values())
PROVIDERS = pytest.mark.parametrize("name", registry.PROVIDERS)


@PROVIDERS
def test_adapter_has_every_function_that_its_row_promises(name: str) -> None:
    functions = {"prepare", "submit", "find", "poll", "cancel"}
    if registry.info(name).uploads_images:
        functions.add("upload_image")

    assert [it for it in functions if not callable(getattr(registry.adapter(name), it, None))] == []


@PROVIDERS
def test_provider_has_an_offered_model(name: str) -> None:
    assert name in {model.provider for model in catalog.offered().values()}


def test_videos_of_a_provider_that_was_removed_can_be_listed_and_closed() -> None:
    assert not registry.can_cancel("removed")
    assert registry.file_retention("removed") == max(it.file_retention for it in registry.PROVIDERS.values())


def test_registry_loads_no_adapter() -> None:
    code = "import sys, keepreel.schemas.requests, keepreel.providers.registry; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "keepreel.providers.registry" in done.stdout.split()
    assert [it for it in done.stdout.split() if it.startswith(_PACKAGES)] == []


def test_import_contract_keeps_every_provider_independent() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = {it["name"]: it for it in tools["importlinter"]["contracts"]}

    assert set(contracts["providers do not know each other"]["modules"]) == set(_PACKAGES)


def test_vendor_names_appear_only_in_providers_catalog_and_settings() -> None:
    vendors = re.compile("|".join(registry.PROVIDERS), re.IGNORECASE)
    allowed = {"catalog.py", "catalog.toml", "settings.py"}
    files = [it for it in PACKAGE.rglob("*") if it.suffix in (".py", ".toml") and it.name not in allowed]

    found = [
        str(it.relative_to(PACKAGE))
        for it in files
        if it.relative_to(PACKAGE).parts[0] != "providers" and vendors.search(it.read_text(encoding="utf-8"))
    ]

    assert found == []
