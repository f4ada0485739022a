"""A new Higgsfield simulator for every test, and a client of it."""

from collections.abc import Iterator

import pytest

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import HiggsfieldClient, simulator


@pytest.fixture
def higgsfield(clock: Clock) -> Iterator[HiggsfieldSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


@pytest.fixture
def client(higgsfield: HiggsfieldSimulator) -> HiggsfieldClient:
    return HiggsfieldClient(higgsfield)
