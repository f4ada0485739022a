"""Pytest option for the random fault tests, in a plugin because a subfolder's conftest is read too late."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    explained = "how many random sequences of kills to run for each provider (default: %(default)s)"
    parser.addoption("--fault-seeds", type=int, default=8, metavar="N", help=explained)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault_seed" in metafunc.fixturenames:
        metafunc.parametrize("fault_seed", range(metafunc.config.getoption("fault_seeds")))
