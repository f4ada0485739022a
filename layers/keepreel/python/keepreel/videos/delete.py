"""Deleting a video: hidden and without its files at once; its record, and what was cut off, is the sweeper's."""

from pynamodb.exceptions import DeleteError

from keepreel.aws import STORE_ERRORS
from keepreel.db import video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import LostRace, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import storage
from keepreel.videos import cancel, sharing

_TRIES = 4


def delete(video: Video) -> None:
    """Hides the video for good and removes what there is of it. Raises StoreUnavailable while it is still there.

    One in the making is let go at its provider where that is possible. The record is kept, hidden, until no saver can
    be running any more, since one that is running now may still put a file into the bucket; `finish` removes that too.
    """
    _hide(video)
    logger.info("deleted", extra={"video_id": video.video_id, "owner": video.owner})
    try:
        _remove_contents(video)
    except STORE_ERRORS as error:
        logger.warning("deletion is left to the sweeper", extra={"video_id": video.video_id, "reason": str(error)})


def finish(video: Video) -> None:
    """Removes a hidden video's files and then its record; may be run again, and by two at once."""
    _remove_contents(video)
    try:
        video.delete(condition=Video.status == Status.DELETING)
    except DeleteError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":  # another one was faster
            raise


def _hide(video: Video) -> None:
    """Marks it as being deleted, wherever it stands."""
    for _ in range(_TRIES):
        try:
            if video.status in UNFINISHED:
                _hide_unfinished(video)
            else:
                video_records.transition(video, to=Status.DELETING)
        except LostRace:  # it was moved meanwhile, and `video` says where to
            continue
        return
    raise StoreUnavailable(f"{video.video_id} is moved all the time")


def _hide_unfinished(video: Video) -> None:
    """What surely costs nothing is given back, as when it is canceled."""
    if cancel.is_unsent(video):
        video_records.close(video, to=Status.DELETING, condition=cancel.UNSENT, is_refunded=True)
        return
    try:
        is_let_go = cancel.let_go(video)
    except StoreUnavailable:
        is_let_go = False
    video_records.close(video, to=Status.DELETING, is_refunded=is_let_go or bool(video.is_uncharged))


def _remove_contents(video: Video) -> None:
    storage.delete(storage.video_key(video), storage.thumbnail_key(video))
    sharing.revoke(video)
