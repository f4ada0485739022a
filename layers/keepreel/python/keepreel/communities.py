"""Communities: a bot with a name, instructions, an avatar and perhaps a token, and the person whom it belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, UpdateError

from keepreel.db import cursors
from keepreel.db.tables import Community
from keepreel.errors import BadImage, FieldError, InvalidInput, NotFound
from keepreel.media import uploads
from keepreel.providers import registry

if TYPE_CHECKING:
    from keepreel.schemas.requests import CommunityRequest

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_AVATAR_SHAPE = "1:1"  # as a card shows it


@dataclass(frozen=True, kw_only=True)
class Page:
    communities: Sequence[Community]
    next_cursor: str | None


def get(community_id: str) -> Community:
    """For whoever acts for a community without a person: events and schedules. Raises NotFound."""
    if not _ID.fullmatch(community_id):
        raise _not_found()
    try:
        return Community.get(community_id, consistent_read=True)
    except DoesNotExist:
        raise _not_found() from None


def owned(community_id: str, *, owner_id: str) -> Community:
    """The community, if it belongs to this person. Raises NotFound, the same for one that is somebody else's."""
    community = get(community_id)
    if community.owner_id != owner_id:
        raise _not_found()
    return community


def put(community_id: str, request: "CommunityRequest", *, owner_id: str) -> tuple[Community, bool]:
    """Makes the community, which is its maker's from then on, or replaces what it says; and whether it was made.

    Raises InvalidInput, NotFound for an id that is somebody else's.
    """
    if not _ID.fullmatch(community_id):
        detail = "A community's id is 1 to 64 letters, digits, - and _, with a letter or a digit first."
        raise InvalidInput(detail, errors=(FieldError("/community_id", detail),))
    if request.avatar:
        _check_avatar(request.avatar, owner_id=owner_id)
    now = datetime.now(UTC)
    community = Community(community_id)
    said = [(getattr(Community, name), value) for name, value in request.model_dump().items()]
    try:
        community.update(
            actions=[
                *(field.remove() if value is None else field.set(value) for field, value in said),
                Community.owner_id.set(owner_id),
                Community.created_at.set(Community.created_at | now),
                Community.updated_at.set(now),
            ],
            condition=Community.community_id.does_not_exist() | (Community.owner_id == owner_id),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise NotFound("This id cannot be used; choose another one.") from None
    return community, community.created_at == now


def page(*, owner_id: str, limit: int, cursor: str | None = None) -> Page:
    """One page of a person's communities, by their ids; the index may lag behind a change by a moment."""
    found = Community.by_owner.query(
        owner_id,
        None if cursor is None else Community.community_id > cursors.decode(cursor, owner_id),
        limit=limit + 1,
        page_size=limit + 1,
    )
    communities = list(found)
    has_more = len(communities) > limit
    next_cursor = cursors.encode(communities[limit - 1].community_id, owner_id) if has_more else None
    return Page(communities=communities[:limit], next_cursor=next_cursor)


def _check_avatar(avatar: str, *, owner_id: str) -> None:
    from keepreel.media import images

    limits = registry.strictest_limits()  # any model may be asked for a video of the community
    try:
        content = uploads.read(owner=owner_id, source_image=avatar, max_bytes=limits.max_image_bytes)
        images.check(content, aspect_ratio=_AVATAR_SHAPE, min_side=limits.min_image_side)
    except BadImage as error:
        raise InvalidInput(str(error), code="invalid_image", errors=(FieldError("/avatar", str(error)),)) from None


def _not_found() -> NotFound:
    return NotFound("There is no such community.")
