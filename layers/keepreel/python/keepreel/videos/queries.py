"""An owner's videos: lists, newest first, and downloads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_
from typing import TYPE_CHECKING, Any, Literal

from pynamodb.pagination import PageIterator

from keepreel.db import cursors, video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video, filter_key
from keepreel.errors import NotFound, NotReady
from keepreel.media import storage
from keepreel.videos import stats

if TYPE_CHECKING:
    from keepreel.schemas.requests import ListQuery

_FILTERS = ("model", "type", "status")  # each has its index; the first that is asked for leaves the fewest to read
_READ_AT_ONCE = 200  # where most of what is read may be of the wrong kind
_MOST_READS = 5
_FILES = {"video": (storage.video_key, "mp4"), "thumbnail": (storage.thumbnail_key, "jpg")}


@dataclass(frozen=True, kw_only=True)
class Page:
    videos: Sequence[Video]
    next_cursor: str | None


def one(*, owner: str, video_id: str) -> Video:
    """Raises NotFound, the same for what is not there, is being removed, or belongs to somebody else."""
    if len(video_id) != 36:  # DynamoDB refuses a key that is too long, with an error that would not be a 404
        raise NotFound("There is no such video.")
    video = video_records.get(owner=owner, video_id=video_id)
    if video.status == Status.DELETING:
        raise NotFound("There is no such video.")
    return video


def page(*, owner: str, query: "ListQuery") -> Page:
    """One page, newest first, by one Query however many videos there are; raises InvalidInput for a bad cursor.

    A further Query follows only to make up for what was read and is not shown: videos that are being removed, or, with
    two or three filters, those of the wrong kind. After five the page ends short, even empty, with a next_cursor.
    Without a filter the list is as last written; with one it comes from an index, which lags by a moment.
    """
    filters = {name: value for name in _FILTERS if (value := getattr(query, name)) is not None}
    context = (owner, *map(filters.get, _FILTERS))
    before = None if query.cursor is None else cursors.decode(query.cursor, *context)
    videos: list[Video] = []
    reads = _reads(owner, filters=filters, before=before, limit=query.limit)
    for read in islice(reads, _MOST_READS):
        videos += map(Video.from_raw_data, read["Items"])
        if len(videos) > query.limit:
            break
    last = _last(videos, reads=reads, limit=query.limit)
    return Page(videos=videos[: query.limit], next_cursor=last and cursors.encode(last, *context))


def download_url(*, owner: str, video_id: str, variant: Literal["video", "thumbnail"], method: str) -> str:
    """A short-lived link, for GET or HEAD, that saves the file under a name that tells videos apart.

    Who gets the video by it is counted. Raises NotFound, NotReady.
    """
    video = one(owner=owner, video_id=video_id)
    if video.status != Status.COMPLETED:
        raise NotReady(f"This video is {video.status}; it can be downloaded once it is completed.")
    if (variant, method) == ("video", "GET"):
        stats.count_download(video)
    key, ending = _FILES[variant]
    name = f"keepreel-{video.created_at:%Y-%m-%d}-{video.video_id[-8:]}.{ending}"
    return storage.download_url(key(video), filename=name, method=method)


def _reads(owner: str, *, filters: dict[str, str], before: str | None, limit: int) -> PageIterator[dict[str, Any]]:
    """The answers of one Query after the other. One video more than the page holds tells that there is another page."""
    index, others = next(iter(filters), None), list(filters)[1:]
    shown = reduce(and_, (getattr(Video, name) == filters[name] for name in others), Video.status != Status.DELETING)
    found = Video.query(
        filter_key(owner, filters[index]) if index else owner,
        Video.video_id < before if before else None,
        filter_condition=shown,
        index_name=index and f"by_{index}",
        consistent_read=index is None,
        scan_index_forward=False,
        page_size=max(limit + 1, _READ_AT_ONCE) if others else limit + 1,
    )
    return found.page_iter


def _last(videos: Sequence[Video], *, reads: PageIterator[dict[str, Any]], limit: int) -> str | None:
    """After which video the next page begins: the last one shown, or the last one read where the page ended short."""
    if len(videos) > limit:
        return videos[limit - 1].video_id
    key = reads.last_evaluated_key
    return None if key is None else str(key["video_id"]["S"])
