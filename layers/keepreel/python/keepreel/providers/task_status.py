"""Task status: what a provider's task is doing, translated from the provider's own status word."""

from collections.abc import Mapping
from enum import StrEnum

from keepreel import metrics
from keepreel.logs import logger


class TaskStatus(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"  # the video was generated, but the provider's content check withholds it
    CANCELED = "canceled"


# Words that mean the same at every provider. Each vendor's package adds its own.
COMMON_WORDS: Mapping[str, TaskStatus] = {
    "queued": TaskStatus.RUNNING,
    "pending": TaskStatus.RUNNING,
    "processing": TaskStatus.RUNNING,
    "in_progress": TaskStatus.RUNNING,
    "succeed": TaskStatus.SUCCEEDED,  # a spelling that Kling uses; it has no other meaning
    "succeeded": TaskStatus.SUCCEEDED,
    "success": TaskStatus.SUCCEEDED,
    "completed": TaskStatus.SUCCEEDED,
    "failed": TaskStatus.FAILED,
    "canceled": TaskStatus.CANCELED,
    "cancelled": TaskStatus.CANCELED,
}


def from_word(word: str, words: Mapping[str, TaskStatus], *, video_id: str) -> TaskStatus:
    """Return the status that a provider's word means, in any case; RUNNING for an unknown word, which is reported.

    An unknown word is never a failure, because vendors add words without notice. Keepreel keeps polling; if the task
    has ended under that word, the video fails when its time runs out.
    """
    status = words.get(word.strip().lower())
    if status is None:
        _report_unknown(word, video_id=video_id)
        return TaskStatus.RUNNING
    return status


def _report_unknown(word: str, *, video_id: str) -> None:
    """Log the word, and count the metric `UnknownTaskStatus`, which has an alarm."""
    logger.warning("unknown task status", extra={"video_id": video_id, "word": word[:100]})
    metrics.count("UnknownTaskStatus")
