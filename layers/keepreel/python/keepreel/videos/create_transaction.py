"""The transaction that creates videos: the idempotency key, the records, the payer's quotas and the site's limit.

The first try reads nothing: it assumes that the payer has no unfinished video and that a shard of the site's limit can
pay. Each condition that fails says how things are, and the next try is built from that.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pynamodb.transactions import TransactWrite

from keepreel.db import global_cap, quotas, transactions
from keepreel.db.global_cap import Shares
from keepreel.db.quotas import Unfinished
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.errors import StoreUnavailable
from keepreel.videos.idempotency import RequestKey
from keepreel.videos.spec import VideoSpec

_MAX_TRIES = 20  # a failed try means that another request was written, so that many requests of a payer may run at once
_MAX_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a try assumes: the payer's unfinished videos, and the shards of the site's limit that pay."""

    seen: Unfinished
    shares: Shares

    def places(self, videos: Sequence[Video]) -> list[datetime]:
        return self.seen.places(now=videos[0].created_at, videos=len(videos))


def write(videos: Sequence[Video], spec: VideoSpec, request_key: RequestKey) -> bool:
    """Write all items or none. Return False if an equal request was first. Raises LimitReached, StoreUnavailable."""
    plan = _Plan(seen=Unfinished(), shares=global_cap.guess(spec.cents))
    for attempt in range(_MAX_TRIES):
        if attempt > 1:
            time.sleep(random.uniform(0, min(_MAX_PAUSE_SECONDS, 0.01 * 2**attempt)))  # noqa: S311  # no secret
        try:
            _write(videos, spec, request_key, plan)
        except Canceled as canceled:
            if canceled.failed[0]:  # the key exists, possibly by our own write, whose reply was lost
                return False
            plan = _next_plan(plan, canceled, videos, spec)
        else:
            return True
    raise StoreUnavailable("too many concurrent requests of one user")


def _write(videos: Sequence[Video], spec: VideoSpec, request_key: RequestKey, plan: _Plan) -> None:
    places, day = plan.places(videos), videos[0].usage_day

    def add_items(transaction: TransactWrite) -> None:
        request_key.put(transaction, videos)
        for video, place in zip(videos, places, strict=True):
            video.dispatch_at = place
            video.cap_shard = global_cap.refund_shard(plan.shares)
            transaction.save(video, condition=Video.video_id.does_not_exist())
        quotas.reserve(transaction, payer=spec.payer, day=day, places=places, cents=spec.cents, seen=plan.seen)
        global_cap.add_spend(transaction, day=day, shares=plan.shares)

    transactions.write(add_items)


def _next_plan(plan: _Plan, canceled: Canceled, videos: Sequence[Video], spec: VideoSpec) -> _Plan:
    """Return the plan of the next try. Raises LimitReached if a condition fails because of a limit."""
    updates = len(videos) + 1  # after the puts of the key and the videos
    is_over_daily_limit, is_payer_changed, *are_shards_short = canceled.failed[updates:]
    if is_over_daily_limit:
        raise quotas.daily_limit_error(spec.payer, videos=len(videos), cents=spec.cents) from None
    if is_payer_changed:
        plan = replace(plan, seen=quotas.unfinished(canceled.items[updates + 1], videos=len(videos)))
    if any(are_shards_short):
        plan = replace(plan, shares=global_cap.find(videos[0].usage_day, spec.cents))
    return plan
