"""List prices of AWS (US East, N. Virginia, November 2026, beyond the free tier), and items that have a price."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.tools.markdown import table

TRANSITION = 0.025 / 1000
LAMBDA_REQUEST = 0.20 / 1e6
LAMBDA_GB_SECOND = 0.0000133334  # arm64
READ_UNIT = 0.125 / 1e6
WRITE_UNIT = 0.625 / 1e6
HTTP_API_REQUEST = 1 / 1e6
TRACE = 5 / 1e6
S3_PUT = 0.005 / 1000
LOG_GB = 0.50
EVENT = 1 / 1e6
SECRET_MONTH = 0.40
ALARM_METRIC_MONTH = 0.10
CUSTOM_METRIC_MONTH = 0.30


@dataclass(frozen=True)
class Item:
    """Something that AWS counts and charges for."""

    name: str
    count: float
    unit_price_usd: float
    basis: str

    @property
    def usd(self) -> float:
        return self.count * self.unit_price_usd


def total_usd(items: Sequence[Item]) -> float:
    return sum(it.usd for it in items)


def _count(count: float) -> str:
    return f"{count:,.0f}" if count >= 1000 else f"{count:,.6g}"


def listed(items: Sequence[Item], *, digits: int) -> str:
    """Return a Markdown table of the items and their total."""
    rows = [
        (it.name, _count(it.count), f"${it.unit_price_usd:.9f}".rstrip("0"), f"${it.usd:.{digits}f}", it.basis)
        for it in items
    ]
    total = ("**Total**", "", "", f"**${total_usd(items):.{digits}f}**", "")
    return table(("what", "count", "list price", "cost", "basis"), [*rows, total])
