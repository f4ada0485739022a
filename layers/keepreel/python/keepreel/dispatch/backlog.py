"""How many videos wait in all queues, and for how long the next one of a queue has: two metrics."""

import time
from uuid import UUID

from keepreel import metrics
from keepreel.dispatch import waiting
from keepreel.logs import logger
from keepreel.models import queues


def report(*, deadline: float) -> None:
    """Count `VideosWaiting` and `OldestWaitingSeconds` until `deadline` (monotonic seconds).

    Nothing is counted if no video waits, because a metric costs by the hour in which it is counted.
    """
    videos, oldest_seconds = 0, 0.0
    for queue in queues.every():
        if time.monotonic() > deadline:
            break
        try:
            in_queue, next_id = waiting.measure(queue)
        except Exception:  # noqa: BLE001
            logger.exception("backlog not measured", extra={"queue": queue})
            continue
        videos += in_queue
        oldest_seconds = max(oldest_seconds, _age_seconds(next_id) if next_id else 0.0)
    if videos:
        metrics.measure({"VideosWaiting": videos, "OldestWaitingSeconds": oldest_seconds})


def _age_seconds(video_id: str) -> float:
    """Return the time since the request, which is the first 48 bits of a version 7 UUID, in ms. 0 for another id."""
    try:
        id = UUID(video_id)
    except ValueError:
        return 0
    return max(0.0, time.time() - (id.int >> 80) / 1000) if id.version == 7 else 0
