"""Which uploads a user's records use: as an image of a video, of their own or a community's, or as an avatar."""

import re
from collections.abc import Mapping
from typing import Any

from keepreel.db.tables import Video
from keepreel.people import owned_communities, owned_videos

_NAME = re.compile(r"upload:[0-9a-f]{32}")


def of_user(owner: str) -> set[str]:
    """Return the names of all uploads that the user's records use.

    A hidden video counts until its record is removed: a remix of it may be written at this moment.
    """
    names: set[str] = set()
    for community in owned_communities.items(owner):
        names.update(_NAME.findall(str(community)))
    for owner_id in owned_communities.everyone(owner):
        for page in owned_videos.items(owner_id):
            names.update(name for item in page for name in _in_video(item))
    return names


def _in_video(item: Mapping[str, Any]) -> list[str]:
    """Return the names in a record, or, if it cannot be read, those in what it stores as plain text."""
    try:
        video = Video.from_raw_data(dict(item))
    except owned_videos.UNREADABLE:
        return _NAME.findall(str(item))
    return _NAME.findall(f"{video.source_image} {video.options}")
