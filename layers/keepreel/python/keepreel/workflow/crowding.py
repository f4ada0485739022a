"""Crowding: whether other videos wait for the slot that a video holds, so that its end should be found soon."""

from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import Video
from keepreel.dispatch import waiting
from keepreel.logs import logger


def is_crowded(video: Video) -> bool:
    """Return whether another video waits for a slot of the same queue, seconds ago at most. Never raises."""
    if video.slot_queue is None:
        return False
    try:
        return waiting.is_someone_waiting(video.slot_queue)
    except STORE_ERRORS as error:
        logger.info("queue not read", extra={"queue": video.slot_queue, "reason": type(error).__name__})
        return False
