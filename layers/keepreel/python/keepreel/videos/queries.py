"""Read an owner's videos: one video, a page of the list, a download URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_
from typing import TYPE_CHECKING, Any, Literal

from pynamodb.pagination import PageIterator

from keepreel.db import cursors, video_records
from keepreel.db.readable import readable
from keepreel.db.status import DOWNLOADABLE, Status
from keepreel.db.tables import Video, filter_key
from keepreel.errors import NotFound, NotReady
from keepreel.media import storage
from keepreel.videos import stats

if TYPE_CHECKING:
    from keepreel.schemas.queries import ListQuery

_FILTERS = ("model", "type", "status")  # each has an index; the most selective one comes first
_FILTERED_PAGE_SIZE = 200  # with a second filter, most items that are read may not match
_MAX_QUERIES = 5
_FILES = {"video": (storage.video_key, "mp4"), "thumbnail": (storage.thumbnail_key, "jpg")}


@dataclass(frozen=True, kw_only=True)
class Page:
    videos: Sequence[Video]
    next_cursor: str | None


def get(*, owner: str, video_id: str) -> Video:
    """Return the video. Raises NotFound, also for a video that is being deleted or belongs to another owner."""
    if len(video_id) != 36:  # DynamoDB rejects a key that is too long with an error that is not a 404
        raise NotFound("There is no such video.")
    video = video_records.get(owner=owner, video_id=video_id)
    if video.status == Status.DELETING:
        raise NotFound("There is no such video.")
    return video


def page(*, owner: str, query: "ListQuery") -> Page:
    """Return one page, newest first, with one Query however many videos exist. Raises InvalidInput for a bad cursor.

    A record with an unreadable value is left out and reported, so the page has one video less.
    Further Queries only replace videos that were read but are not listed: those that are being deleted and, with two
    or three filters, those that do not match. After five Queries the page may be short or empty and have a next_cursor.
    An unfiltered list is strongly consistent; a filtered one comes from an index, which lags by a moment.
    """
    filters = {name: value for name in _FILTERS if (value := getattr(query, name)) is not None}
    context = (owner, *map(filters.get, _FILTERS))
    before_id = None if query.cursor is None else cursors.decode(query.cursor, *context)
    items: list[dict[str, Any]] = []
    responses = _query(owner, filters=filters, before_id=before_id, limit=query.limit)
    for response in islice(responses, _MAX_QUERIES):
        items += response["Items"]
        if len(items) > query.limit:
            break
    last_id = _last_id(items, responses=responses, limit=query.limit)
    videos = readable(
        items[: query.limit], Video.from_raw_data, fields=lambda item: {"owner": owner, "video_id": _id(item)}
    )
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


def _query(owner: str, *, filters: dict[str, str], before_id: str | None, limit: int) -> PageIterator[dict[str, Any]]:
    """Return the responses of consecutive Queries. They read one video more than a page, to see if there is another."""
    index, others = next(iter(filters), None), list(filters)[1:]
    is_listed = reduce(
        and_, (getattr(Video, name) == filters[name] for name in others), Video.status != Status.DELETING
    )
    results = Video.query(
        filter_key(owner, filters[index]) if index else owner,
        Video.video_id < before_id if before_id else None,
        filter_condition=is_listed,
        index_name=index and f"by_{index}",
        consistent_read=index is None,
        scan_index_forward=False,
        page_size=max(limit + 1, _FILTERED_PAGE_SIZE) if others else limit + 1,
    )
    return results.page_iter


def _last_id(items: Sequence[dict[str, Any]], *, responses: PageIterator[dict[str, Any]], limit: int) -> str | None:
    """Return the id after which the next page begins: the last listed video, or the last one read on a short page."""
    if len(items) > limit:
        return _id(items[limit - 1])
    key = responses.last_evaluated_key
    return None if key is None else _id(key)


def _id(item: Mapping[str, Any]) -> str:
    """Return the id in a raw item or key."""
    return str(item["video_id"]["S"])
