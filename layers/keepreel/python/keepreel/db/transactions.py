"""Writing to several items, all or nothing; another transaction on the same items is waited for."""

import random
import time
from collections.abc import Callable, Sequence

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.errors import KeepreelError, StoreUnavailable

_TRIES = 6


class Canceled(KeepreelError):
    """A condition did not hold, and nothing was written.

    `failed` says for each action whether it was its condition: puts first, then updates, whatever the order given,
    since that is how pynamodb sends them.
    """

    def __init__(self, failed: Sequence[bool]) -> None:
        super().__init__("a condition did not hold")
        self.failed = failed


def write(fill: Callable[[TransactWrite], None]) -> None:
    """Runs the transaction that `fill` fills. Raises Canceled, StoreUnavailable.

    A lost reply may make one's own earlier try look like somebody else's: who gets Canceled reads back and compares.
    """
    for attempt in range(_TRIES):
        try:
            with TransactWrite(connection=aws.dynamodb()) as transaction:
                fill(transaction)
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            codes = [reason and reason.code for reason in error.cancellation_reasons]
            failed = [code == "ConditionalCheckFailed" for code in codes]
            if any(failed):
                raise Canceled(failed) from None
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  # another of this person's was being written
        else:
            return
    raise StoreUnavailable("too many transactions of one person at once")
