"""DynamoDB transactions: write several items or none, and retry while another transaction holds the same items."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.errors import KeepreelError, StoreUnavailable

_MAX_TRIES = 6
_IN_PROGRESS = ("TransactionConflictException", "TransactionInProgressException")


class Canceled(KeepreelError):
    """A condition did not hold, so nothing was written.

    `failed` has one entry per item: True if its condition failed. Puts come first, then updates, regardless of the
    order in which they were added, because pynamodb sends them so. `items` are the stored items, as DynamoDB returns
    them, of those that were added with `return_values="ALL_OLD"`.
    """

    def __init__(self, failed: Sequence[bool], items: Sequence[Mapping[str, Any] | None] = ()) -> None:
        super().__init__("a condition did not hold")
        self.failed = failed
        self.items = items


def write(add_items: Callable[[TransactWrite], None]) -> None:
    """Run the transaction whose items `add_items` adds. Raises Canceled, StoreUnavailable.

    All tries send the same body under one token, so DynamoDB answers a repeated try with the first one's success. Ten
    minutes later the token is forgotten; on Canceled, the caller reads the items back and compares.
    """
    transaction = TransactWrite(connection=aws.dynamodb(), client_request_token=str(uuid4()))
    add_items(transaction)
    for attempt in range(_MAX_TRIES):
        try:
            with transaction:  # sends the items
                pass
        except TransactWriteError as error:
            _check_repeatable(error)
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
        else:
            return
    raise StoreUnavailable("too many concurrent transactions of one user")


def _check_repeatable(error: TransactWriteError) -> None:
    """Return if another transaction, or an earlier try of this one, holds the items. Raises Canceled, or the error."""
    code = aws.code(error)
    if code in _IN_PROGRESS:
        return
    if code != "TransactionCanceledException":
        raise error
    codes = [reason and reason.code for reason in error.cancellation_reasons]
    failed = [it == "ConditionalCheckFailed" for it in codes]
    if any(failed):
        raise Canceled(failed, [it.raw_item if it else None for it in error.cancellation_reasons]) from None
    if "ValidationError" in codes:
        raise error
