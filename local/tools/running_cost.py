"""Estimate what AWS charges for a deployment, from list prices and measured counts; part of docs/deployment.md."""

from dataclasses import dataclass

from keepreel.db.tables import IN_FLIGHT_SHARDS
from keepreel.models import queues
from local.tools.markdown import table

_SWEEPS_PER_MONTH = 30 * 24 * 60
_POLLS = 5  # of a video that takes the usual 90 seconds, without callbacks
_STATUS_READS = 10  # by the page, from request to completed video


@dataclass(frozen=True)
class Item:
    name: str
    count: float
    unit_price_usd: float  # AWS list price, US East (N. Virginia), November 2026
    basis: str

    @property
    def usd(self) -> float:
        return self.count * self.unit_price_usd


_LAMBDA_GB_SECOND = 0.0000133334  # arm64
_LAMBDA_REQUEST = 0.20 / 1e6
_READ_UNIT = 0.125 / 1e6
_TRACE = 5 / 1e6

PER_VIDEO = (
    Item(
        "Step Functions transitions",
        3 + 3 * _POLLS,
        0.025 / 1000,
        "submit, 5 polls of three states each, save; 5 with a callback",
    ),
    Item("DynamoDB write units", 34, 0.625 / 1e6, "measured over a video's life; 12 of them are indexes"),
    Item("DynamoDB read units", _STATUS_READS + _POLLS + 3, _READ_UNIT, "one per status read and workflow step"),
    Item("Lambda requests", _STATUS_READS + _POLLS + 4, _LAMBDA_REQUEST, "API and workflow"),
    Item("Lambda GB-seconds", 10, _LAMBDA_GB_SECOND, "save 5 s, polls 0.5 s, submit 1.5 s"),
    Item("HTTP API requests", _STATUS_READS + 2, 1 / 1e6, "create, status, download"),
    Item("X-Ray traces", _STATUS_READS + _POLLS + 5, _TRACE, "if every request is sampled"),
    Item("S3 PUT requests", 3, 0.005 / 1000, "video, thumbnail, credential report"),
    Item("CloudWatch log GB", 50e3 / 1e9, 0.50, "about 50 kB"),
    Item("EventBridge events", 1, 1 / 1e6, "`VideoCompleted`"),
)
PER_MONTH = (
    Item("Secrets", 3, 0.40, "signing key, Kling, Higgsfield"),
    Item("Alarm metrics", 22, 0.10, "17 alarms, two of them over several metrics"),
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
        _SWEEPS_PER_MONTH * len(queues.every()) * 1.5,
        _READ_UNIT,
        "two Queries per queue",
    ),
    Item("Dispatcher: X-Ray traces", _SWEEPS_PER_MONTH, _TRACE, "if every run is sampled"),
)


def total_usd(items: tuple[Item, ...]) -> float:
    return sum(it.usd for it in items)


def per_video() -> str:
    """Return the cost of one video, without the provider's price."""
    return _listed(PER_VIDEO, digits=6)


def per_month() -> str:
    """Return the cost of a deployment without any traffic."""
    return _listed(PER_MONTH, digits=2)


def _listed(items: tuple[Item, ...], *, digits: int) -> str:
    rows = [
        (
            it.name,
            f"{it.count:,.6g}",
            f"${it.unit_price_usd:.9f}".rstrip("0"),
            f"${it.usd:.{digits}f}",
            it.basis,
        )
        for it in items
    ]
    total = ("**Total**", "", "", f"**${total_usd(items):.{digits}f}**", "")
    return table(("what", "count", "list price", "cost", "basis"), [*rows, total])


if __name__ == "__main__":
    print(per_video(), per_month(), sep="\n\n")
