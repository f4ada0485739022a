"""Pytest options and scheduling for browser tests, in a plugin because a subfolder's conftest is read too late."""

import pytest
from xdist.scheduler import LoadScopeScheduling

_HERE = "tests/browser/"
# Their tests share what is expensive: one Chromium, running processes, cfn-lint.
_ON_ONE_WORKER = (
    _HERE,
    "tests/local/cli/test_run_command.py",
    "tests/local/test_stack.py",
    "tests/template/test_check.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    explained = "fail where Chromium or axe-core is missing, instead of skipping the tests that need it"
    parser.addoption("--require-browser", action="store_true", help=explained)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(_HERE):
            item.add_marker("browser")


@pytest.hookimpl(optionalhook=True)  # pytest-xdist may be disabled
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    return OneBrowser(config, log) if config.getoption("dist") == "load" else None


class OneBrowser(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """Run all browser tests on one worker, so that only one Chromium runs; distribute most others one by one.

    xdist's own groups (`--dist loadgroup`) are ignored under pytest 9.2: https://github.com/pytest-dev/pytest-xdist/issues/1386
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((scope for scope in _ON_ONE_WORKER if nodeid.startswith(scope)), nodeid)
