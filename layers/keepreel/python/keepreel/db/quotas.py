"""What a person may ask for: counted in the transactions that create and close, so that no race gets past it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel.db.tables import DailyUsage, InFlightUsage, Video
from keepreel.errors import DailyLimit, InFlightLimit
from keepreel.settings import settings

_KEPT = timedelta(days=30)  # longer than a video may be in the making, so that it can still be given back
_IN_FLIGHT_RETRY_SECONDS = 60

_UsageT = TypeVar("_UsageT", DailyUsage, InFlightUsage)


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What a person may still ask for: videos and US cents today (UTC), and videos at the same time."""

    videos: int
    cents: int
    in_flight: int


def check(*, videos: int, cents: int) -> None:
    """Raises LimitReached for what is more than a limit by itself: a condition on usage cannot see it where there is
    none yet. Waiting does not help here, and the words say so.
    """
    limit = settings()
    if videos > limit.daily_video_limit:
        raise _too_much(f"This asks for {videos} videos, and the limit is {limit.daily_video_limit} a day.")
    if cents > limit.daily_spend_limit_cents:
        spend = _usd(limit.daily_spend_limit_cents)
        raise _too_much(f"This costs {_usd(cents)}, and the limit is {spend} a day.")
    if videos > limit.in_flight_limit:
        raise _too_much(f"This asks for {videos} videos, and the limit is {limit.in_flight_limit} at a time.")


def take(transaction: TransactWrite, *, payer: str, day: str, videos: int, cents: int) -> None:
    """Adds to the day's usage, and to what is in flight, on the condition that each stays within its limit.

    Two updates, in this order.
    """
    most_videos, most_cents = settings().daily_video_limit - videos, settings().daily_spend_limit_cents - cents
    most_in_flight = settings().in_flight_limit - videos
    transaction.update(
        DailyUsage(key=_day_key(payer, day)),
        actions=[
            DailyUsage.videos.add(videos),
            DailyUsage.cents.add(cents),
            DailyUsage.expires_at.set(datetime.now(UTC) + _KEPT),
        ],
        condition=(DailyUsage.videos.does_not_exist() | (DailyUsage.videos <= most_videos))
        & (DailyUsage.cents.does_not_exist() | (DailyUsage.cents <= most_cents)),
    )
    transaction.update(
        InFlightUsage(key=_in_flight_key(payer)),
        actions=[InFlightUsage.videos.add(videos)],
        condition=InFlightUsage.videos.does_not_exist() | (InFlightUsage.videos <= most_in_flight),
    )


def leave(transaction: TransactWrite, video: Video, *, is_given_back: bool) -> None:
    """For one video that is finished; the caller's condition in the same transaction makes it once.

    `is_given_back` when it was surely not charged: then it does not count in its day's usage either.
    """
    transaction.update(InFlightUsage(key=_in_flight_key(video.payer)), actions=[InFlightUsage.videos.add(-1)])
    if is_given_back:
        transaction.update(
            DailyUsage(key=_day_key(video.payer, video.usage_day)),
            actions=[
                DailyUsage.videos.add(-1),
                DailyUsage.cents.add(-int(video.estimated_cost_cents)),
                DailyUsage.expires_at.set(datetime.now(UTC) + _KEPT),
            ],
        )


def remaining(payer: str) -> Remaining:
    """What is left now; another request may take it meanwhile, so it promises nothing."""
    limit, now = settings(), datetime.now(UTC)
    used = _read(DailyUsage, _day_key(payer, now.date().isoformat()))
    flying = _read(InFlightUsage, _in_flight_key(payer))
    return Remaining(
        videos=max(0, limit.daily_video_limit - int(used.videos if used else 0)),
        cents=max(0, limit.daily_spend_limit_cents - int(used.cents if used else 0)),
        in_flight=max(0, limit.in_flight_limit - int(flying.videos if flying else 0)),
    )


def daily(payer: str, *, videos: int, cents: int) -> DailyLimit:
    left, limit = remaining(payer), settings()
    if left.videos < videos:
        what = f"{limit.daily_video_limit} videos a day, of which {left.videos} are left; this asks for {videos}"
    else:
        spend = _usd(limit.daily_spend_limit_cents)
        what = f"{spend} a day, of which {_usd(left.cents)} are left; this costs {_usd(cents)}"
    return DailyLimit(f"The limit is {what}. It starts anew at midnight UTC.", retry_after_seconds=_until_midnight())


def in_flight() -> InFlightLimit:
    return InFlightLimit(
        f"The limit is {settings().in_flight_limit} videos in the making at a time. Wait for one to be finished.",
        retry_after_seconds=_IN_FLIGHT_RETRY_SECONDS,
    )


def _too_much(detail: str) -> DailyLimit:
    return DailyLimit(f"{detail} Ask for less at once; waiting does not help.", retry_after_seconds=_until_midnight())


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


def _read(kind: type[_UsageT], key: str) -> _UsageT | None:
    try:
        return kind.get(key, consistent_read=True)
    except DoesNotExist:
        return None
