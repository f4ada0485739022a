"""A Kling of its own for every test of the simulator, with a clock that the test moves."""

from collections.abc import Iterator

import pytest

from local.simulators.kling import KlingSimulator
from tests.local.simulators.kling_caller import Caller, Clock, simulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock) as running:
        yield running


@pytest.fixture
def caller(kling: KlingSimulator) -> Caller:
    return Caller(kling)
