"""Read an owner's videos: one video, a page of the list, a download URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from keepreel.db import cursors, video_counts, video_records
from keepreel.db.readable import readable
from keepreel.db.status import DOWNLOADABLE, Status
from keepreel.db.tables import Video
from keepreel.errors import NotFound, NotReady
from keepreel.media import storage
from keepreel.videos import filtered, stats
from keepreel.videos.filtered import Found

if TYPE_CHECKING:
    from keepreel.schemas.queries import ListQuery

_FILTERS = ("model", "type", "status")
_MAX_QUERIES = 5
_FILES = {"video": (storage.video_key, "mp4"), "thumbnail": (storage.thumbnail_key, "jpg")}


@dataclass(frozen=True, kw_only=True)
class Page:
    videos: Sequence[Video]
    next_cursor: str | None


def get(*, owner: str, video_id: str) -> Video:
    """Return the video. Raises NotFound, also for a video that is being deleted or belongs to another owner."""
    return _visible(video_records.get(owner=owner, video_id=_checked(video_id)))


def get_with_counts(*, owner: str, video_id: str) -> Video:
    """Return the video with its current counts, in one call. Otherwise like `get`.

    The counts of a video from `get` or from a list are those of the record, which are refreshed once a day.
    """
    video, counts = video_counts.get_with_counts(owner=owner, video_id=_checked(video_id))
    if counts is not None:
        video.views, video.downloads = counts.views, counts.downloads
    return _visible(video)


def page(*, owner: str, query: "ListQuery") -> Page:
    """Return one page, newest first, at a cost that does not depend on how many videos exist.

    A record with an unreadable value is left out and reported, so the page has one video less. With several filters, a
    page may be short or empty and have a next_cursor. An unfiltered list is strongly consistent; a filtered one lags by
    a moment. Raises InvalidInput for a bad cursor.
    """
    filters = {name: value for name in _FILTERS if (value := getattr(query, name)) is not None}
    context = (owner, *map(filters.get, _FILTERS))
    before_id = None if query.cursor is None else cursors.decode(query.cursor, *context)
    search = _all_videos if not filters else partial(filtered.find, filters=filters)
    found = search(owner, before_id=before_id, count=query.limit + 1)  # one more, to see if there is another page
    listed = found.items[: query.limit]
    last_id = _id(listed[-1]) if len(found.items) > query.limit else found.last_id
    videos = readable(listed, Video.from_raw_data, fields=lambda item: {"owner": owner, "video_id": _id(item)})
    return Page(videos=videos, next_cursor=last_id and cursors.encode(last_id, *context))


def download_url(*, owner: str, video_id: str, variant: Literal["video", "thumbnail"], method: str) -> str:
    """Return a short-lived URL, for GET or HEAD, that saves the file under a distinct name.

    A GET of the video counts as a download. Raises NotFound, NotReady.
    """
    video = finished(owner=owner, video_id=video_id)
    if (variant, method) == ("video", "GET"):
        stats.count_download(video)
    key, extension = _FILES[variant]
    name = f"keepreel-ai-generated-{video.created_at:%Y-%m-%d}-{video.video_id[-8:]}.{extension}"
    return storage.download_url(key(video), filename=name, method=method)


def finished(*, owner: str, video_id: str) -> Video:
    """Return a video whose file is stored. Raises NotFound, NotReady."""
    video = get(owner=owner, video_id=video_id)
    if video.status not in DOWNLOADABLE:
        raise NotReady(f"This video is {video.status}; its file is available when it is completed.")
    return video


def credential_report(video: Video) -> dict[str, Any] | None:
    """Return what the C2PA reader reported about the video's file; None if the file has no credential."""
    return storage.read_report(storage.report_key(video)) if video.content_credentials not in (None, "absent") else None


def _checked(video_id: str) -> str:
    if len(video_id) != 36:  # DynamoDB rejects a key that is too long with an error that is not a 404
        raise NotFound("There is no such video.")
    return video_id


def _visible(video: Video) -> Video:
    if video.status == Status.DELETING:
        raise NotFound("There is no such video.")
    return video


def _all_videos(owner: str, *, before_id: str | None, count: int) -> Found:
    """Find videos of any kind with one Query. Further ones only replace videos that are being deleted."""
    pages = Video.query(
        owner,
        Video.video_id < before_id if before_id else None,
        filter_condition=Video.status != Status.DELETING,
        consistent_read=True,
        scan_index_forward=False,
        page_size=count,
    ).page_iter
    items: list[dict[str, Any]] = []
    for page in islice(pages, _MAX_QUERIES):
        items += page["Items"]
        if len(items) >= count:
            break
    key = pages.last_evaluated_key
    return Found(items=items, last_id=None if key is None else _id(key))


def _id(item: Mapping[str, Any]) -> str:
    """Return the id in a raw item or key."""
    return str(item["video_id"]["S"])
