"""Fixtures: the template as written, and as SAM translates it."""

from typing import Any

import pytest

from local.tools import check_template


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    return check_template.source()


@pytest.fixture(scope="session")
def translated(source: dict[str, Any]) -> dict[str, Any]:
    return check_template.translated(source)


@pytest.fixture(scope="session")
def resources(translated: dict[str, Any]) -> dict[str, Any]:
    """Return the translated resources."""
    found: dict[str, Any] = translated["Resources"]
    return found
