"""An owner's counts in one item: the totals, and those of the current day. An earlier day has an item of its own.

So a count writes one item instead of two. The first count of a new day moves the previous day to its item.
"""

from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db import transactions
from keepreel.db.request_items import DailyStats, OwnerStats
from keepreel.db.transactions import Canceled

_DAY_TTL = timedelta(days=40)
_MAX_TRIES = 4


def total_key(owner: str) -> str:
    return f"stats#{owner}#total"


def day_key(owner: str, day: str) -> str:
    return f"stats#{owner}#{day}"


def add(owner: str, counter: str, *, day: str) -> None:
    """Add one to an owner's counts of a day. Raises STORE_ERRORS."""
    total, is_current = OwnerStats(total_key(owner)), OwnerStats.day.does_not_exist() | (OwnerStats.day == day)
    for _ in range(_MAX_TRIES):
        try:
            total.update(actions=[*_added(counter), OwnerStats.day.set(day)], condition=is_current)
        except UpdateError as error:
            if not aws.is_failed_condition(error):
                raise
        else:
            return
        if _start_day(owner, day) > day:  # the count comes after midnight
            add_to_day(owner, counter, day=day)
            return


def add_to_day(owner: str, counter: str, *, day: str) -> None:
    """Add one to the item of a day and to the totals."""
    transactions.write(lambda transaction: write(transaction, owner, counter, day=day))


def write(transaction: TransactWrite, owner: str, counter: str, *, day: str) -> None:
    """Add one to the item of a day and to the totals, in the caller's transaction."""
    add_one: Action = getattr(DailyStats, counter).add(1)
    transaction.update(DailyStats(day_key(owner, day)), actions=[add_one, _extended_ttl()])
    transaction.update(OwnerStats(total_key(owner)), actions=[getattr(OwnerStats, counter).add(1)])


def _added(counter: str) -> list[Action]:
    return [getattr(OwnerStats, counter).add(1), getattr(OwnerStats, f"day_{counter}").add(1)]


def _start_day(owner: str, day: str) -> str:
    """Make this the current day unless it is past, and return the current day; "" if another count changed it."""
    total = OwnerStats.get(total_key(owner), consistent_read=True)
    if total.day is None or total.day >= day:
        return str(total.day or "")
    try:
        transactions.write(lambda transaction: _move_day(transaction, owner, total, day=day))
    except Canceled:
        return ""
    return day


def _move_day(transaction: TransactWrite, owner: str, total: OwnerStats, *, day: str) -> None:
    """Move the counts of the current day to its item, and start the next day with zeros."""
    counts = {"views": int(total.day_views), "downloads": int(total.day_downloads)}
    is_unchanged = OwnerStats.day == total.day
    for name, count in counts.items():
        attribute = getattr(OwnerStats, f"day_{name}")
        is_unchanged &= attribute == count if count else attribute.does_not_exist()
    removed = [getattr(OwnerStats, f"day_{name}").remove() for name in counts]
    transaction.update(total, actions=[OwnerStats.day.set(day), *removed], condition=is_unchanged)
    added = [getattr(DailyStats, name).add(count) for name, count in counts.items() if count]
    transaction.update(DailyStats(day_key(owner, str(total.day))), actions=[*added, _extended_ttl()])


def _extended_ttl() -> Action:
    return DailyStats.expires_at.set(datetime.now(UTC) + _DAY_TTL)
