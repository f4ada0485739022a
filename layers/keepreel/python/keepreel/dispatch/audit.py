"""Find slots that are held by mistake, and free them."""

import time
from datetime import UTC, datetime, timedelta

from keepreel import metrics
from keepreel.db import slots, video_records
from keepreel.db.slots import Slot
from keepreel.db.tables import Video
from keepreel.errors import LostRace, NotFound
from keepreel.logs import logger
from keepreel.models import catalog, queues

_LOOKED_AT_AFTER = timedelta(minutes=10)
# A provider may keep a job for weeks without an answer. It cannot count such a job as running for so long.
_LEAKED_AFTER = timedelta(hours=1)
_LEAKED_AFTER_USUAL = 10  # times the model's usual time


def release_lost_slots(*, deadline: float) -> None:
    """Look at every slot that has been held for ten minutes, until `deadline` (monotonic seconds).

    The metric `SlotLost` counts slots whose video does not hold them. It must stay 0: each is a defect.
    """
    now = datetime.now(UTC)
    for queue in queues.every():
        for slot in slots.held(queue):
            if time.monotonic() > deadline:
                return
            if now - slot.taken_at > _LOOKED_AT_AFTER:
                _look_at_safely(slot, now=now)


def _look_at_safely(slot: Slot, *, now: datetime) -> None:
    """Look at a slot. One whose video cannot be read does not keep the others from being looked at."""
    try:
        _look_at(slot, now=now)
    except Exception:  # noqa: BLE001
        logger.exception("slot not audited", extra={"video_id": slot.video_id, "queue": slot.queue})


def _look_at(slot: Slot, *, now: datetime) -> None:
    try:
        video = video_records.get(owner=slot.owner, video_id=slot.video_id)
    except NotFound:
        _forget(slot)
        return
    if video.slot_token != slot.token:
        _forget(slot)
    elif _is_leaked(video, now=now):
        logger.warning("slot leaked", extra={"video_id": video.video_id, "queue": slot.queue})
        metrics.count("SlotLeaked")
        _release(video)


def _forget(slot: Slot) -> None:
    """Free a slot that its video does not hold. One that was let go since it was listed is in order."""
    if slots.forget(slot):
        logger.error("slot lost", extra={"video_id": slot.video_id, "queue": slot.queue})
        metrics.count("SlotLost")


def _is_leaked(video: Video, *, now: datetime) -> bool:
    """Return whether the provider has had the job for so long that it cannot count it as running any more."""
    usual = timedelta(seconds=catalog.models()[video.model].usual_seconds[1])
    return now - video.slot_taken_at > max(_LEAKED_AFTER, _LEAKED_AFTER_USUAL * usual)


def _release(video: Video) -> None:
    try:
        video_records.release_slot(video)
    except LostRace:
        return
