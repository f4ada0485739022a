"""Delete a video: hide it and remove its files at once. The sweeper removes the record later."""

from pynamodb.exceptions import DeleteError

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db import charges, jobs, video_records
from keepreel.db.status import UNFINISHED, Status
from keepreel.db.tables import Video
from keepreel.errors import LostRace, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import storage, uploads
from keepreel.models.options import Options
from keepreel.videos import cancel, counting, sharing

_MAX_TRIES = 4


def delete(video: Video) -> None:
    """Hide the video for good and remove its files. Raises StoreUnavailable if it could not be hidden.

    An unfinished video is canceled at its provider if possible. The hidden record is kept until no save can be running
    any more, because a running save may still put a file into the bucket; `finish` removes that file too.
    """
    _hide(video)
    logger.info("deleted", extra={"video_id": video.video_id, "owner": video.owner})
    try:
        storage.delete(*storage.keys(video))
        sharing.revoke(video)
    except STORE_ERRORS as error:
        logger.warning("deletion left to the sweeper", extra={"video_id": video.video_id, "reason": str(error)})


def finish(video: Video) -> None:
    """Remove a hidden video's files with all their versions, then its record. Safe to repeat and to run in parallel.

    Its uploads are looked at later, in case that nothing else uses them.
    """
    storage.purge(*storage.keys(video))
    sharing.revoke(video)
    counting.forget(video.video_id)
    for subject in _uploads(video):
        jobs.put(jobs.UPLOAD, subject)
    try:
        video.delete(condition=Video.status == Status.DELETING)
    except DeleteError as error:
        if not aws.is_failed_condition(error):  # another worker removed it first
            raise


def _uploads(video: Video) -> set[str]:
    options = Options.from_json(video.options)
    images = {video.source_image, options.end_image, *options.reference_images}
    return {uploads.job_subject(video.payer, it) for it in images if it and uploads.is_upload(it)}


def _hide(video: Video) -> None:
    """Change the status to `deleting` from any other status."""
    for _ in range(_MAX_TRIES):
        try:
            if video.status in UNFINISHED:
                _hide_unfinished(video)
            else:
                video_records.transition(video, to=Status.DELETING)
        except LostRace:  # another worker changed the status, and `video` was refreshed
            continue
        return
    raise StoreUnavailable(f"the status of {video.video_id} keeps changing")


def _hide_unfinished(video: Video) -> None:
    """Hide an unfinished video. Refund its usage if it certainly costs nothing, as in a cancel."""
    if cancel.is_unsent(video):
        video_records.close(video, to=Status.DELETING, condition=video_records.UNSENT, is_refunded=True)
        return
    try:
        is_canceled = cancel.cancel_task(video)
    except StoreUnavailable:
        is_canceled = False
    video_records.close(
        video,
        to=Status.DELETING,
        # A poll that also sees that the task was canceled must not refund it a second time.
        actions=[Video.is_uncharged.set(True)] if is_canceled else [],
        condition=charges.is_as_read(video),
        is_refunded=is_canceled or bool(video.is_uncharged),
    )
