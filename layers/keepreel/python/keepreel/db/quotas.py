"""Quotas: daily limits on videos and spend, and a limit on videos in flight.

Usage is counted in the transactions that create and close videos, so concurrent requests cannot exceed a limit.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel.db.request_items import DailyUsage, InFlightUsage
from keepreel.db.tables import Video
from keepreel.errors import DailyLimit, InFlightLimit
from keepreel.settings import settings

_USAGE_TTL = timedelta(days=30)  # longer than a video can stay unfinished, so that its usage can still be refunded
_IN_FLIGHT_RETRY_SECONDS = 60

_UsageT = TypeVar("_UsageT", DailyUsage, InFlightUsage)


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What is left of a user's quotas: videos and US cents today (UTC), and videos in flight."""

    videos: int
    cents: int
    in_flight: int


def check_request_size(*, videos: int, cents: int) -> None:
    """Raise LimitReached if one request alone exceeds a limit.

    A condition on the usage record cannot see this case while the record does not exist yet. The message says that
    waiting does not help.
    """
    limit = settings()
    if videos > limit.daily_video_limit:
        raise _request_too_large(f"This request is for {videos} videos; the limit is {limit.daily_video_limit} a day.")
    if cents > limit.daily_spend_limit_cents:
        spend = _usd(limit.daily_spend_limit_cents)
        raise _request_too_large(f"This request costs {_usd(cents)}; the limit is {spend} a day.")
    if videos > limit.in_flight_limit:
        raise _request_too_large(
            f"This request is for {videos} videos; the limit is {limit.in_flight_limit} at a time."
        )


def reserve(transaction: TransactWrite, *, payer: str, day: str, videos: int, cents: int) -> None:
    """Add to the day's usage and to the videos in flight, on the condition that each stays within its limit.

    Adds two updates to the transaction, in this order.
    """
    max_videos, max_cents = settings().daily_video_limit - videos, settings().daily_spend_limit_cents - cents
    max_in_flight = settings().in_flight_limit - videos
    transaction.update(
        DailyUsage(key=_day_key(payer, day)),
        actions=[
            DailyUsage.videos.add(videos),
            DailyUsage.cents.add(cents),
            DailyUsage.expires_at.set(datetime.now(UTC) + _USAGE_TTL),
        ],
        condition=(DailyUsage.videos.does_not_exist() | (DailyUsage.videos <= max_videos))
        & (DailyUsage.cents.does_not_exist() | (DailyUsage.cents <= max_cents)),
    )
    transaction.update(
        InFlightUsage(key=_in_flight_key(payer)),
        actions=[InFlightUsage.videos.add(videos)],
        condition=InFlightUsage.videos.does_not_exist() | (InFlightUsage.videos <= max_in_flight),
    )


def release(transaction: TransactWrite, video: Video, *, is_refunded: bool) -> None:
    """Release a finished video's place in flight. The caller's condition in the same transaction makes this run once.

    `is_refunded`: the video was certainly not charged, so it is also removed from its day's usage.
    """
    transaction.update(InFlightUsage(key=_in_flight_key(video.payer)), actions=[InFlightUsage.videos.add(-1)])
    if is_refunded:
        transaction.update(
            DailyUsage(key=_day_key(video.payer, video.usage_day)),
            actions=[
                DailyUsage.videos.add(-1),
                DailyUsage.cents.add(-int(video.estimated_cost_cents)),
                DailyUsage.expires_at.set(datetime.now(UTC) + _USAGE_TTL),
            ],
        )


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
        spend = _usd(limit.daily_spend_limit_cents)
        detail = f"{spend}; {_usd(left.cents)} is left, and this request costs {_usd(cents)}"
    return DailyLimit(f"The daily limit is {detail}. It resets at midnight UTC.", retry_after_seconds=_until_midnight())


def in_flight_limit_error() -> InFlightLimit:
    return InFlightLimit(
        f"The limit is {settings().in_flight_limit} unfinished videos at a time. Wait until one is finished.",
        retry_after_seconds=_IN_FLIGHT_RETRY_SECONDS,
    )


def _request_too_large(detail: str) -> DailyLimit:
    return DailyLimit(f"{detail} Request fewer videos; waiting does not help.", retry_after_seconds=_until_midnight())


def _until_midnight() -> int:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds()) + 1


def _usd(cents: int) -> str:
    return f"${cents / 100:.2f}"


def _day_key(payer: str, day: str) -> str:
    return f"usage#{payer}#{day}"


def _in_flight_key(payer: str) -> str:
    return f"in_flight#{payer}"


def _read(model: type[_UsageT], key: str) -> _UsageT | None:
    try:
        return model.get(key, consistent_read=True)
    except DoesNotExist:
        return None
