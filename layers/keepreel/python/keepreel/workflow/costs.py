"""Costs of finished videos on their records: what the provider charged, in USD and as it was billed."""

from pynamodb.expressions.update import Action

from keepreel.db.tables import Video
from keepreel.providers.base import Bill


def actions(bill: Bill | None) -> list[Action]:
    """Return the updates that store a bill. A bill without a sum in USD is stored as it was billed."""
    if bill is None:
        return []
    billed: list[Action] = [Video.billed_as.set(dict(bill.billed_as))]
    return billed if bill.usd is None else [Video.actual_cost_usd.set(bill.usd), *billed]
