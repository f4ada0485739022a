"""A clock that the test moves, for all simulators."""

import pytest

from tests.local.simulators.core.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
