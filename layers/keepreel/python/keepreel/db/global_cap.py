"""The site's daily limit: what the videos of all users together may cost on one day (UTC).

The limit is divided into shards, so that not every request writes the same item. A shard's `left` is never negative, so
the day's sum never exceeds the limit. A request that no single shard can pay takes from several, so nobody is refused
while there is enough left in all of them together.
"""

import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel.db import transactions
from keepreel.db.day_limits import USAGE_TTL, seconds_until_midnight, usd
from keepreel.db.request_items import SpendShard
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.errors import SiteDailyLimit, StoreUnavailable
from keepreel.logs import logger
from keepreel.settings import settings

Shares = Mapping[int, int]  # US cents by shard


def check_request_size(cents: int) -> None:
    """Raise SiteDailyLimit if one request alone exceeds the limit."""
    limit = settings().global_daily_spend_limit_cents
    if limit and cents > limit:
        raise _error(f"The limit for all users of this site is {usd(limit)} a day. Waiting does not help.")


def guess(cents: int) -> Shares:
    """Return a random shard that pays all of it, without a read. Empty if the site has no limit."""
    limit = settings()
    if not limit.global_daily_spend_limit_cents:
        return {}
    return {random.randrange(limit.global_spend_shards): cents}  # noqa: S311  # no secret


def find(day: str, cents: int) -> Shares:
    """Return shards that can pay the sum now, and make the day's shards first if there are none.

    Raises SiteDailyLimit if all shards together have less. Nothing moves between shards, so their sum is never too low,
    although they are read one after the other.
    """
    shards = _read(day) or _make(day)
    if sum(int(it.left) for it in shards) < cents:
        logger.warning("site daily limit reached", extra={"day": day})
        limit = sum(int(it.limit) for it in shards)
        raise _error(
            f"The limit for all users of this site is {usd(limit)} a day, which leaves no room for this request. "
            "It resets at midnight UTC."
        )
    return _shares([int(it.left) for it in shards], cents)


def add_spend(transaction: TransactWrite, *, day: str, shares: Shares) -> None:
    """Add one update per shard to the transaction, on the condition that enough is left in it."""
    for shard, cents in shares.items():
        transaction.update(
            SpendShard(key=_key(day, shard)),
            actions=[SpendShard.left.add(-cents)],
            condition=SpendShard.left >= cents,
        )


def add_refund(transaction: TransactWrite, video: Video) -> None:
    """Give a video's cost back to the shard on its record. The caller's condition makes this run once."""
    if video.cap_shard is not None:
        transaction.update(
            SpendShard(key=_key(video.usage_day, int(video.cap_shard))),
            actions=[
                SpendShard.left.add(int(video.estimated_cost_cents)),
                SpendShard.expires_at.set(datetime.now(UTC) + USAGE_TTL),
            ],
        )


def refund_shard(shares: Shares) -> int | None:
    """Return the shard that the record names. Only the sum of all shards counts, so one is enough."""
    return max(shares, key=lambda it: shares[it], default=None)


def _shares(left: Sequence[int], cents: int) -> Shares:
    """Take all from one shard if possible, so that few requests meet; else from as few as possible."""
    enough = [shard for shard, it in enumerate(left) if it >= cents]
    if enough:
        return {random.choice(enough): cents}  # noqa: S311
    shares: dict[int, int] = {}
    for shard in sorted(range(len(left)), key=lambda it: left[it], reverse=True):
        if missing := cents - sum(shares.values()):
            shares[shard] = min(left[shard], missing)
    return {shard: it for shard, it in shares.items() if it > 0}


def _read(day: str) -> list[SpendShard]:
    """Return the day's shards; empty if there are none yet. Shard 0 knows their number."""
    try:
        first = SpendShard.get(_key(day, 0), consistent_read=True)
    except DoesNotExist:
        return []
    others = range(1, int(first.shards))
    return [first, *(SpendShard.get(_key(day, it), consistent_read=True) for it in others)]


def _make(day: str) -> list[SpendShard]:
    """Make the day's shards from the settings, all or none, so that their limits add up to one setting."""
    limit, count = settings().global_daily_spend_limit_cents, settings().global_spend_shards
    parts = [limit // count + (shard < limit % count) for shard in range(count)]

    def add_items(transaction: TransactWrite) -> None:
        for shard, cents in enumerate(parts):
            item = SpendShard(key=_key(day, shard), limit=cents, left=cents, shards=count)
            item.expires_at = datetime.now(UTC) + USAGE_TTL
            transaction.save(item, condition=SpendShard.key.does_not_exist())

    with suppress(Canceled):  # another request has made them, perhaps from older settings
        transactions.write(add_items)
    if shards := _read(day):
        return shards
    raise StoreUnavailable("the shards of the site's limit are missing")


def _error(detail: str) -> SiteDailyLimit:
    return SiteDailyLimit(detail, retry_after_seconds=seconds_until_midnight())


def _key(day: str, shard: int) -> str:
    return f"cap#{day}#{shard}"
