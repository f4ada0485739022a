"""A simulator of its own for every test, with a clock that the test moves."""

from collections.abc import Iterator

import pytest

from local.simulators.higgsfield import HiggsfieldSimulator
from local.simulators.kling import KlingSimulator
from tests.local.simulators import higgsfield_caller, kling_caller
from tests.local.simulators.clock import Clock
from tests.local.simulators.higgsfield_caller import HiggsfieldCaller
from tests.local.simulators.kling_caller import Caller


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with kling_caller.simulator(clock=clock) as running:
        yield running


@pytest.fixture
def caller(kling: KlingSimulator) -> Caller:
    return Caller(kling)


@pytest.fixture
def higgsfield(clock: Clock) -> Iterator[HiggsfieldSimulator]:
    with higgsfield_caller.simulator(clock=clock, finish_seconds=10) as running:
        yield running


@pytest.fixture
def client(higgsfield: HiggsfieldSimulator) -> HiggsfieldCaller:
    return HiggsfieldCaller(higgsfield)
