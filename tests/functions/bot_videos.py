"""Helpers for the records and quotas of bot videos."""

from keepreel.db.request_items import DailyUsage, InFlightUsage
from keepreel.db.tables import Video
from tests.api_client import ApiClient


def quotas_used(user: ApiClient) -> tuple[int, int, int]:
    """Videos today, cents today and videos in flight."""
    days = list(DailyUsage.scan(DailyUsage.key.startswith(f"usage#{user.owner}#")))
    in_flight = list(InFlightUsage.scan(InFlightUsage.key == f"in_flight#{user.owner}"))
    return (
        int(sum(day.videos for day in days)),
        int(sum(day.cents for day in days)),
        int(sum(it.videos for it in in_flight)),
    )


def videos_of(videos: str) -> list[Video]:
    owner = f"community#{videos.split('/')[3]}"
    return list(Video.query(owner, consistent_read=True))
