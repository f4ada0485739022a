"""DynamoDB transactions: write several items or none, and retry while another transaction holds the same items."""

import random
import time
from collections.abc import Callable, Sequence

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.errors import KeepreelError, StoreUnavailable

_MAX_TRIES = 6


class Canceled(KeepreelError):
    """A condition did not hold, so nothing was written.

    `failed` has one entry per item: True if its condition failed. Puts come first, then updates, regardless of the
    order in which they were added, because pynamodb sends them so.
    """

    def __init__(self, failed: Sequence[bool]) -> None:
        super().__init__("a condition did not hold")
        self.failed = failed


def write(add_items: Callable[[TransactWrite], None]) -> None:
    """Run the transaction whose items `add_items` adds. Raises Canceled, StoreUnavailable.

    If the reply to an earlier try was lost, our own write can look like another worker's. On Canceled, the caller
    reads the items back and compares.
    """
    for attempt in range(_MAX_TRIES):
        try:
            with TransactWrite(connection=aws.dynamodb()) as transaction:
                add_items(transaction)
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            codes = [reason and reason.code for reason in error.cancellation_reasons]
            failed = [code == "ConditionalCheckFailed" for code in codes]
            if any(failed):
                raise Canceled(failed) from None
            # Another transaction on the same user's items was in progress.
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
        else:
            return
    raise StoreUnavailable("too many concurrent transactions of one user")
