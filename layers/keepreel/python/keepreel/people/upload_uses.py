"""Which uploads a user's records use: as an image of a video, of their own or a community's, or as an avatar."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from keepreel.people import owned_communities, owned_videos

_NAME = re.compile(r"upload:[0-9a-f]{32}")


def of_user(owner: str) -> set[str]:
    """Return the names of all uploads that the user's records use.

    A hidden video counts until its record is removed: a remix of it may be written at this moment.
    """
    names: set[str] = set()
    for community in owned_communities.items(owner):
        names.update(_in_item(community))
    for owner_id in owned_communities.everyone(owner):
        for page in owned_videos.items(owner_id):
            names.update(name for item in page for name in _in_item(item))
    return names


def _in_item(item: Mapping[str, Any]) -> Iterator[str]:
    for attribute in ("source_image", "options", "avatar"):
        yield from _NAME.findall(item.get(attribute, {}).get("S", ""))
