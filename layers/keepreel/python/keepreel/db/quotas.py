"""Quotas: daily limits on videos and spend, and a limit on videos in flight.

Usage is counted in the transactions that create and close videos, so concurrent requests cannot exceed a limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from keepreel.db import global_cap
from keepreel.db.day_limits import USAGE_TTL, seconds_until_midnight, usd
from keepreel.db.request_items import DailyUsage, InFlightUsage
from keepreel.db.tables import Video
from keepreel.errors import AccountClosing, DailyLimit, InFlightLimit
from keepreel.settings import settings

_IN_FLIGHT_RETRY_SECONDS = 60

_UsageT = TypeVar("_UsageT", DailyUsage, InFlightUsage)


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What is left of a user's quotas: videos and US cents today (UTC), and videos in flight."""

    videos: int
    cents: int
    in_flight: int


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A payer's unfinished videos as last read: how many, and the place in the queue of the last one."""

    videos: int = 0
    last_dispatch_at: datetime | None = None

    def places(self, *, now: datetime, videos: int) -> list[datetime]:
        """Return the places in the queue of a payer's next videos.

        The first video of a payer without unfinished ones gets the present time. Each further one comes
        `fairness_seconds` later, so that many videos of one payer do not hold up another payer's first.
        """
        gap, first = timedelta(seconds=settings().fairness_seconds), now
        if self.videos and self.last_dispatch_at is not None:
            first = max(now, self.last_dispatch_at + gap)
        return [first + gap * n for n in range(videos)]


def check_request_size(*, videos: int, cents: int) -> None:
    """Raise LimitReached if one request alone exceeds a limit.

    A condition on the usage record cannot see this case while the record does not exist yet. The message says that
    waiting does not help.
    """
    limit = settings()
    if videos > limit.daily_video_limit:
        raise _request_too_large(f"This request is for {videos} videos; the limit is {limit.daily_video_limit} a day.")
    if cents > limit.daily_spend_limit_cents:
        spend = usd(limit.daily_spend_limit_cents)
        raise _request_too_large(f"This request costs {usd(cents)}; the limit is {spend} a day.")
    if videos > limit.in_flight_limit:
        raise _request_too_large(
            f"This request is for {videos} videos; the limit is {limit.in_flight_limit} at a time."
        )
    global_cap.check_request_size(cents)


def reserve(
    transaction: TransactWrite, *, payer: str, day: str, places: Sequence[datetime], cents: int, seen: Unfinished
) -> None:
    """Add to the day's usage and to the videos in flight, on the condition that each stays within its limit.

    `places` are the videos' places in the queue; the payer's videos must still be as `seen`, from which they were
    computed. Adds two updates to the transaction, in this order.
    """
    videos = len(places)
    max_videos, max_cents = settings().daily_video_limit - videos, settings().daily_spend_limit_cents - cents
    transaction.update(
        DailyUsage(key=_day_key(payer, day)),
        actions=[
            DailyUsage.videos.add(videos),
            DailyUsage.cents.add(cents),
            DailyUsage.expires_at.set(datetime.now(UTC) + USAGE_TTL),
        ],
        condition=(DailyUsage.videos.does_not_exist() | (DailyUsage.videos <= max_videos))
        & (DailyUsage.cents.does_not_exist() | (DailyUsage.cents <= max_cents)),
    )
    transaction.update(
        InFlightUsage(key=_in_flight_key(payer)),
        actions=[InFlightUsage.videos.add(videos), InFlightUsage.last_dispatch_at.set(places[-1])],
        condition=_is_as_seen(seen, max_videos=settings().in_flight_limit - videos),
        return_values="ALL_OLD",
    )


def unfinished(payer_item: Mapping[str, Any] | None, *, videos: int) -> Unfinished:
    """Return the payer's unfinished videos from the stored item. Raises InFlightLimit, AccountClosing."""
    if payer_item is None:
        return Unfinished()
    found = InFlightUsage.from_raw_data(dict(payer_item))
    if found.closing_at is not None:
        raise AccountClosing("This account is being deleted, so it creates no more videos.")
    if found.videos > settings().in_flight_limit - videos:
        raise _in_flight_limit_error()
    return Unfinished(videos=max(0, int(found.videos)), last_dispatch_at=found.last_dispatch_at)


def _is_as_seen(seen: Unfinished, *, max_videos: int) -> Condition:
    """Require that the payer has no unfinished video, or that no other request has taken a place in the queue."""
    videos, last = InFlightUsage.videos, InFlightUsage.last_dispatch_at
    nothing: Condition = videos.does_not_exist() | (videos <= 0)
    is_last: Condition = last.does_not_exist() if seen.last_dispatch_at is None else last == seen.last_dispatch_at
    same: Condition = (videos >= 1) & (videos <= max_videos) & is_last
    has_room: Condition = (same if seen.videos else nothing) & InFlightUsage.closing_at.does_not_exist()
    return has_room


def close_account(transaction: TransactWrite, payer: str) -> None:
    """Let no further video of this payer be created, of their own or of a community."""
    closing_at = InFlightUsage.closing_at.set(datetime.now(UTC))
    transaction.update(InFlightUsage(key=_in_flight_key(payer)), actions=[closing_at])


def release(transaction: TransactWrite, video: Video, *, is_refunded: bool) -> None:
    """Release a finished video's place in flight. The caller's condition in the same transaction makes this run once.

    `is_refunded`: the video was certainly not charged, so it is also removed from its day's usage.
    """
    release_place(transaction, video.payer)
    if is_refunded:
        refund(transaction, video)


def release_place(transaction: TransactWrite, payer: str) -> None:
    """Release one of the payer's places in flight."""
    transaction.update(InFlightUsage(key=_in_flight_key(payer)), actions=[InFlightUsage.videos.add(-1)])


def refund(transaction: TransactWrite, video: Video) -> None:
    """Remove a video that was certainly not charged from the usage of its day."""
    transaction.update(
        DailyUsage(key=_day_key(video.payer, video.usage_day)),
        actions=[
            DailyUsage.videos.add(-1),
            DailyUsage.cents.add(-int(video.estimated_cost_cents)),
            DailyUsage.expires_at.set(datetime.now(UTC) + USAGE_TTL),
        ],
    )
    global_cap.add_refund(transaction, video)


def remaining(payer: str) -> Remaining:
    """Return what is left now. This is not a reservation: another request may use it first."""
    limit, now = settings(), datetime.now(UTC)
    used = _read(DailyUsage, _day_key(payer, now.date().isoformat()))
    in_flight = _read(InFlightUsage, _in_flight_key(payer))
    return Remaining(
        videos=max(0, limit.daily_video_limit - int(used.videos if used else 0)),
        cents=max(0, limit.daily_spend_limit_cents - int(used.cents if used else 0)),
        in_flight=max(0, limit.in_flight_limit - int(in_flight.videos if in_flight else 0)),
    )


def daily_limit_error(payer: str, *, videos: int, cents: int) -> DailyLimit:
    left, limit = remaining(payer), settings()
    if left.videos < videos:
        detail = f"{limit.daily_video_limit} videos; {left.videos} are left, and this request is for {videos}"
    else:
        spend = usd(limit.daily_spend_limit_cents)
        detail = f"{spend}; {usd(left.cents)} is left, and this request costs {usd(cents)}"
    return _daily_limit(f"The daily limit is {detail}. It resets at midnight UTC.")


def _in_flight_limit_error() -> InFlightLimit:
    return InFlightLimit(
        f"The limit is {settings().in_flight_limit} unfinished videos at a time. Wait until one is finished.",
        retry_after_seconds=_IN_FLIGHT_RETRY_SECONDS,
    )


def _request_too_large(detail: str) -> DailyLimit:
    return _daily_limit(f"{detail} Request fewer videos; waiting does not help.")


def _daily_limit(detail: str) -> DailyLimit:
    return DailyLimit(detail, retry_after_seconds=seconds_until_midnight())


def _day_key(payer: str, day: str) -> str:
    return f"usage#{payer}#{day}"


def _in_flight_key(payer: str) -> str:
    return f"in_flight#{payer}"


def _read(model: type[_UsageT], key: str) -> _UsageT | None:
    try:
        return model.get(key, consistent_read=True)
    except DoesNotExist:
        return None
