"""What an owner may ask for in a day: counted in the transaction that creates, so that no race gets past it."""

from datetime import UTC, datetime, timedelta

from pynamodb.transactions import TransactWrite

from keepreel.errors import DailyLimit
from keepreel.models import DailyUsage
from keepreel.settings import settings

_KEPT = timedelta(days=8)  # longer than a video may be in the making, so that it can still be given back


def take(transaction: TransactWrite, *, owner: str, day: str, videos: int) -> None:
    """Adds to the day's usage on the condition that it stays within the limit; it fails closed."""
    most_before = settings().daily_video_limit - videos
    if most_before < 0:
        raise reached()
    transaction.update(
        DailyUsage(key=_key(owner, day)),
        actions=[DailyUsage.videos.add(videos), DailyUsage.expires_at.set(datetime.now(UTC) + _KEPT)],
        condition=DailyUsage.videos.does_not_exist() | (DailyUsage.videos <= most_before),
    )


def give_back(transaction: TransactWrite, *, owner: str, day: str) -> None:
    """For one video that was surely not charged; the caller's condition in the same transaction makes it once."""
    transaction.update(
        DailyUsage(key=_key(owner, day)),
        actions=[DailyUsage.videos.add(-1), DailyUsage.expires_at.set(datetime.now(UTC) + _KEPT)],
    )


def reached() -> DailyLimit:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return DailyLimit(
        f"The limit of {settings().daily_video_limit} videos a day is reached; it starts anew at midnight UTC.",
        retry_after_seconds=int((midnight - now).total_seconds()) + 1,
    )


def _key(owner: str, day: str) -> str:
    return f"usage#{owner}#{day}"
