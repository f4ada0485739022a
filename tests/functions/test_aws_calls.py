"""What operations cost: AWS calls, write units, read units, state transitions. docs/performance.md has every figure."""

import pytest

from local.stack import Stack
from tests.bench import counts
from tests.bench.operations import Cost, Operations


@pytest.fixture(scope="module")
def measured(stack: Stack, picture: bytes) -> dict[str, Cost]:
    return Operations(stack, picture).measure()


@pytest.mark.parametrize("operation", sorted(counts.CALLS))
def test_operation_makes_no_more_aws_calls_than_its_goal(operation: str, measured: dict[str, Cost]) -> None:
    assert len(measured[operation].calls) <= counts.CALLS[operation].limit, measured[operation].calls


@pytest.mark.parametrize("operation", sorted(counts.WRITE_UNITS))
def test_operation_uses_no_more_write_units_than_its_goal(operation: str, measured: dict[str, Cost]) -> None:
    assert measured[operation].write_units <= counts.WRITE_UNITS[operation].limit, measured[operation].calls
