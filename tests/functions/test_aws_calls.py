"""What operations cost: AWS calls, write units, read units, state transitions. docs/performance.md has every figure."""

import pytest

from local.stack import Stack
from tests.bench import counts
from tests.bench.aws_meter import Meter
from tests.bench.operations import Operations

# Goals that are not reached yet.
_OPEN_CALLS, _OPEN_WRITE_UNITS = {"share view", "delete"}, {"share view", "download"}


@pytest.fixture(scope="module")
def measured(stack: Stack, picture: bytes) -> dict[str, Meter]:
    return Operations(stack, picture).measure()


@pytest.mark.parametrize("operation", sorted(counts.CALLS.keys() - _OPEN_CALLS))
def test_operation_makes_no_more_aws_calls_than_its_goal(operation: str, measured: dict[str, Meter]) -> None:
    assert len(measured[operation].calls) <= counts.CALLS[operation].limit, measured[operation].names


@pytest.mark.parametrize("operation", sorted(counts.WRITE_UNITS.keys() - _OPEN_WRITE_UNITS))
def test_operation_uses_no_more_write_units_than_its_goal(operation: str, measured: dict[str, Meter]) -> None:
    assert measured[operation].write_units <= counts.WRITE_UNITS[operation].limit, measured[operation].calls
