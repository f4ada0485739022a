"""An owner's videos: lists, newest first, and downloads."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keepreel import records, storage
from keepreel.errors import FieldError, InvalidInput, NotFound, NotReady
from keepreel.models import Video
from keepreel.statuses import Status


@dataclass(frozen=True, kw_only=True)
class Page:
    videos: Sequence[Video]
    next_cursor: str | None


def one(*, owner: str, video_id: str) -> Video:
    """Raises NotFound, the same for what is not there, is being removed, or belongs to somebody else."""
    if len(video_id) != 36:  # DynamoDB refuses a key that is too long, with an error that would not be a 404
        raise NotFound("There is no such video.")
    video = records.get(owner=owner, video_id=video_id)
    if video.status == Status.DELETING:
        raise NotFound("There is no such video.")
    return video


def page(*, owner: str, limit: int, cursor: str | None = None) -> Page:
    """One page, newest first, by one Query however many videos there are.

    The cursor says after which video to go on; the owner never comes from it, so it leads nowhere else.
    """
    before = None if cursor is None else _video_id(cursor)
    found = Video.query(
        owner,
        None if before is None else Video.video_id < before,
        filter_condition=Video.status != Status.DELETING,
        scan_index_forward=False,
        limit=limit + 1,
        page_size=limit + 1,
    )
    videos = list(found)
    has_more = len(videos) > limit
    return Page(videos=videos[:limit], next_cursor=_cursor(videos[limit - 1].video_id) if has_more else None)


def download_url(*, owner: str, video_id: str) -> str:
    """A short-lived link that saves the video under a name that tells videos apart. Raises NotFound, NotReady."""
    video = one(owner=owner, video_id=video_id)
    if video.status != Status.COMPLETED:
        raise NotReady(f"This video is {video.status}; it can be downloaded once it is completed.")
    name = f"keepreel-{video.created_at:%Y-%m-%d}-{video.video_id[-8:]}.mp4"
    return storage.download_url(storage.video_key(video), filename=name)


def _cursor(video_id: str) -> str:
    return base64.urlsafe_b64encode(UUID(video_id).bytes).decode().rstrip("=")


def _video_id(cursor: str) -> str:
    try:
        return str(UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True)))
    except (ValueError, binascii.Error):
        detail = "Use next_cursor as the last page gave it."
        raise InvalidInput("The cursor cannot be read.", errors=(FieldError("/cursor", detail),)) from None
