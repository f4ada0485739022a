"""Times and amounts of the limits per day (UTC)."""

from datetime import UTC, datetime, timedelta

USAGE_TTL = timedelta(days=30)  # longer than a video can stay unfinished, so that its usage can still be refunded


def seconds_until_midnight() -> int:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds()) + 1


def usd(cents: int) -> str:
    return f"${cents / 100:.2f}"
