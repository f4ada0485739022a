"""Read a video together with its counts, which are in an item of their own."""

from typing import Any

from keepreel import aws
from keepreel.db.request_items import VideoCounts
from keepreel.db.tables import Video
from keepreel.errors import NotFound


def get_with_counts(*, owner: str, video_id: str) -> tuple[Video, VideoCounts | None]:
    """Return the video as last written and its counts, with one BatchGet. Raises NotFound."""
    videos, requests = Video.Meta.table_name, VideoCounts.Meta.table_name
    counts_key = {"key": {"S": VideoCounts.key_of(video_id)}}
    wanted: Any = {
        videos: {"Keys": [{"owner": {"S": owner}, "video_id": {"S": video_id}}], "ConsistentRead": True},
        requests: {"Keys": [counts_key]},
    }
    found: dict[str, dict[str, Any]] = {}
    while wanted:
        response = aws.dynamodb_client().batch_get_item(RequestItems=wanted)
        found |= {table: items[0] for table, items in response["Responses"].items() if items}
        wanted = response.get("UnprocessedKeys")
    if videos not in found:
        raise NotFound("There is no such video.")
    counts = VideoCounts.from_raw_data(found[requests]) if requests in found else None
    return Video.from_raw_data(found[videos]), counts
