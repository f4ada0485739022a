"""Read records one by one, so that one unreadable value does not break a list."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from keepreel import metrics
from keepreel.logs import logger

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

# What a value of the wrong type or format raises, in pynamodb or in our own conversion. An outage raises other errors.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


def readable(
    items: Iterable[ItemT], read: Callable[[ItemT], ResultT], *, fields: Callable[[ItemT], dict[str, object]]
) -> list[ResultT]:
    """Return what `read` returns for each item, without the items that it cannot read. `fields` are for the log."""
    results = []
    for item in items:
        try:
            results.append(read(item))
        except _UNREADABLE as error:
            _report(error, fields(item))
    return results


def _report(error: Exception, fields: dict[str, object]) -> None:
    """Log the record, without its values, and count the metric `UnreadableRecord`, which has an alarm."""
    logger.error("unreadable record", extra={**fields, "reason": type(error).__name__})
    metrics.count("UnreadableRecord")
