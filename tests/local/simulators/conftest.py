"""A simulator of its own for every test, with a clock that the test moves."""

from collections.abc import Iterator

import pytest

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield import higgsfield_client as higgsfield_caller
from tests.local.simulators.higgsfield.higgsfield_client import HiggsfieldCaller
from tests.local.simulators.kling import kling_client as kling_caller
from tests.local.simulators.kling.kling_client import Caller


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
