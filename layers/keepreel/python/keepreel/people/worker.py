"""The worker: runs jobs on people's data. Each run continues where the last one ended, also if that was killed."""

import time

from keepreel.db import jobs
from keepreel.errors import LostRace
from keepreel.logs import logger
from keepreel.people import community_deletion, erasure, export, new_keys, unused_uploads

_KINDS = {
    jobs.ERASURE: erasure.run,
    jobs.EXPORT: export.run,
    jobs.COMMUNITY: community_deletion.run,
    jobs.UPLOAD: unused_uploads.run,
    jobs.UPLOADS: unused_uploads.find,
    jobs.NEW_KEYS: new_keys.run,
}


def run(kind: str, subject: str, *, seconds_left: float) -> None:
    """Run a job until it is done, has to wait or is out of time. The sweeper calls the worker when it is due again."""
    job = jobs.take(kind, subject)
    if job is None:
        return
    try:
        _KINDS[kind](job, time.monotonic() + seconds_left)
    except LostRace:  # another worker was faster
        logger.info("job taken over", extra={"kind": kind})
