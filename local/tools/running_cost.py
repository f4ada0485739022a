"""Estimate what AWS charges for a deployment without traffic, from list prices; part of docs/deployment.md."""

from keepreel.db.tables import IN_FLIGHT_SHARDS
from keepreel.models import queues
from local.tools.cost import prices
from local.tools.cost.prices import Item

_SWEEPS_PER_MONTH = 30 * 24 * 60
_LAMBDA_GB_SECOND = prices.LAMBDA_GB_SECOND
_LAMBDA_REQUEST = prices.LAMBDA_REQUEST
_READ_UNIT = prices.READ_UNIT
_TRACE = prices.TRACE

PER_MONTH = (
    Item("Secrets", 3, 0.40, "signing key, Kling, Higgsfield"),
    Item(
        "Alarm metrics", 48, 0.10, "29 alarms, six of them over several metrics; the dashboard is free as one of three"
    ),
    Item(
        "Custom metrics",
        2,
        0.30,
        "`SweepRan`, `DispatchRan`; the others cost only in hours in which they are counted",
    ),
    Item(
        "Sweeper: Lambda requests",
        _SWEEPS_PER_MONTH,
        _LAMBDA_REQUEST,
        "every minute, and one per shard with a due video",
    ),
    Item("Sweeper: Lambda GB-seconds", _SWEEPS_PER_MONTH * 0.5 * 0.2, _LAMBDA_GB_SECOND, "0.2 s at 512 MB"),
    Item("Sweeper: DynamoDB read units", _SWEEPS_PER_MONTH * IN_FLIGHT_SHARDS * 0.5, _READ_UNIT, "one Query per shard"),
    Item("Sweeper: X-Ray traces", _SWEEPS_PER_MONTH, _TRACE, "if every run is sampled"),
    Item("Dispatcher: Lambda requests", _SWEEPS_PER_MONTH, _LAMBDA_REQUEST, "every minute"),
    Item("Dispatcher: Lambda GB-seconds", _SWEEPS_PER_MONTH * 0.5 * 0.2, _LAMBDA_GB_SECOND, "0.2 s at 512 MB"),
    Item(
        "Dispatcher: DynamoDB read units",
        _SWEEPS_PER_MONTH * len(queues.every()) * 2,
        _READ_UNIT,
        "three Queries per queue",
    ),
    Item("Dispatcher: X-Ray traces", _SWEEPS_PER_MONTH, _TRACE, "if every run is sampled"),
)


def per_month() -> str:
    """Return the cost of a deployment without any traffic."""
    return prices.listed(PER_MONTH, digits=2)
