"""A new Kling simulator for every test, and a client of it."""

from collections.abc import Iterator

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import KlingClient, simulator


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock) as running:
        yield running


@pytest.fixture
def client(kling: KlingSimulator) -> KlingClient:
    return KlingClient(kling)
