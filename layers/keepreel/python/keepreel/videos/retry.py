"""Retry a failed or canceled video: create it again without changes."""

from keepreel.db.status import RETRYABLE
from keepreel.db.tables import Video
from keepreel.errors import NotRetryable
from keepreel.schemas.requests import RemixRequest
from keepreel.videos.remix import remix
from keepreel.videos.spec import CreateRequest


def retry(
    video: Video, *, created_by: str, allow_successor: bool = False, max_cost: float | None = None
) -> CreateRequest:
    """Return the request for the same video again. Raises NotRetryable unless the video failed or was canceled."""
    if video.status not in RETRYABLE:
        raise NotRetryable(f"This video is {video.status}; only a failed or canceled video can be retried.")
    request = RemixRequest(max_cost=max_cost)
    if allow_successor:
        request = RemixRequest(max_cost=max_cost, allow_successor=True)
    return remix(video, request, created_by=created_by, verb="retry")
