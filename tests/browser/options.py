"""What the tests in a browser add to pytest's command line. A plugin: a conftest of a subfolder is read too late."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    explained = "fail where Chromium or axe-core is missing, instead of skipping the tests that need it"
    parser.addoption("--require-browser", action="store_true", help=explained)
