"""Communities: each has an owner and a bot with a name, instructions, an avatar and an optional token."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, UpdateError

from keepreel import aws
from keepreel.db import cursors
from keepreel.db.readable import readable
from keepreel.db.tables import Community
from keepreel.errors import BadImage, FieldError, InvalidInput, NotFound
from keepreel.media import uploads
from keepreel.models import catalog

if TYPE_CHECKING:
    from keepreel.schemas.requests import CommunityRequest

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_AVATAR_ASPECT_RATIO = "1:1"  # as shown on a card


@dataclass(frozen=True, kw_only=True)
class Page:
    communities: Sequence[Community]
    next_cursor: str | None


def get(community_id: str) -> Community:
    """Return a community without a check of its owner, for events and schedules. Raises NotFound."""
    if not _ID.fullmatch(community_id):
        raise _not_found()
    try:
        community = Community.get(community_id, consistent_read=True)
    except DoesNotExist:
        raise _not_found() from None
    if community.deleting_at:
        raise _not_found()
    return community


def get_owned(community_id: str, *, owner_id: str) -> Community:
    """Return the community if it belongs to this user. Raises NotFound, also for another user's community."""
    community = get(community_id)
    if community.owner_id != owner_id:
        raise _not_found()
    return community


def put(community_id: str, request: "CommunityRequest", *, owner_id: str) -> tuple[Community, bool]:
    """Create the community with this user as its owner, or replace its fields. Also return whether it was created.

    Raises InvalidInput, and NotFound if another user owns the id.
    """
    if not _ID.fullmatch(community_id):
        detail = "The id must be 1 to 64 letters, digits, - and _, and start with a letter or digit."
        raise InvalidInput(detail, errors=(FieldError("/community_id", detail),))
    if request.avatar:
        _check_avatar(request.avatar, owner_id=owner_id)
    now = datetime.now(UTC)
    community = Community(community_id)
    values = [(getattr(Community, name), value) for name, value in request.model_dump().items()]
    try:
        community.update(
            actions=[
                *(field.remove() if value is None else field.set(value) for field, value in values),
                Community.owner_id.set(owner_id),
                Community.created_at.set(Community.created_at | now),
                Community.updated_at.set(now),
            ],
            condition=Community.community_id.does_not_exist()
            | (Community.owner_id == owner_id) & Community.deleting_at.does_not_exist(),
        )
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        raise NotFound("This id is not available. Choose another one.") from None
    return community, community.created_at == now


def page(*, owner_id: str, limit: int, cursor: str | None = None) -> Page:
    """Return one page of a user's communities, ordered by id. The index may lag behind a change by a moment.

    A record with an unreadable value is left out and reported. One in deletion is left out.
    """
    results = Community.by_owner.query(
        owner_id,
        None if cursor is None else Community.community_id > cursors.decode(cursor, owner_id),
        page_size=limit + 1,
    )
    items: list[dict[str, Any]] = []
    for response in results.page_iter:
        items += response["Items"]
        if len(items) > limit:
            break
    next_cursor = cursors.encode(_id(items[limit - 1]), owner_id) if len(items) > limit else None
    shown = [item for item in items[:limit] if "deleting_at" not in item]
    communities = readable(shown, Community.from_raw_data, fields=lambda item: {"community_id": _id(item)})
    return Page(communities=communities, next_cursor=next_cursor)


def _id(item: Mapping[str, Any]) -> str:
    """Return the id in a raw item."""
    return str(item["community_id"]["S"])


def _check_avatar(avatar: str, *, owner_id: str) -> None:
    from keepreel.media import images  # Pillow: only a request that sets an avatar pays for the import

    limits = catalog.strictest_limits()  # any model may generate a video of the community
    try:
        content = uploads.read(owner=owner_id, source_image=avatar, is_new_use=True)
        images.check(content, aspect_ratio=_AVATAR_ASPECT_RATIO, min_side=limits.min_image_side)
    except BadImage as error:
        raise InvalidInput(str(error), code="invalid_image", errors=(FieldError("/avatar", str(error)),)) from None


def _not_found() -> NotFound:
    return NotFound("There is no such community.")
