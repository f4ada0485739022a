"""Remove uploads that no record uses, without a lock: a request may use an upload while it is looked at.

An upload that is unused is first marked, so that no new request accepts it. A request that had accepted it before has
written its video long before the second look, which then takes the mark away again.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from keepreel import aws
from keepreel.db import jobs, owners
from keepreel.db.jobs import Job
from keepreel.logs import logger
from keepreel.media import uploads
from keepreel.people import upload_uses
from keepreel.settings import settings

_LOOK_AGAIN_AFTER = timedelta(minutes=15)  # much longer than a request can take
_UNUSED_FOR = timedelta(days=7)  # a new upload may wait this long for its first video
_AT_ONCE = timedelta(0)


def run(job: Job, _deadline: float) -> None:
    """Look at one upload: mark it if nothing uses it, and remove it if nothing uses it a quarter of an hour later."""
    sub, _, upload_id = job.subject.partition("/")
    owner, name = owners.of_user(sub), f"upload:{upload_id}"
    marked_at = job.state.get("marked_at")
    if name in upload_uses.of_user(owner):
        uploads.mark(owner=owner, source_image=name, is_unused=False)
        jobs.end(job)  # the last video that uses it may be removed at this moment, and has started the job anew
    elif marked_at and datetime.now(UTC) >= datetime.fromisoformat(marked_at) + _LOOK_AGAIN_AFTER:
        uploads.remove(owner=owner, source_image=name)
        logger.info("unused upload removed", extra={"owner": owner})
        job.delete()
    elif uploads.mark(owner=owner, source_image=name, is_unused=True):
        job.state.setdefault("marked_at", datetime.now(UTC).isoformat())
        jobs.save(job, after=_LOOK_AGAIN_AFTER)
    else:  # it is gone
        job.delete()


def find(job: Job, deadline: float) -> None:
    """Walk through all uploads and start a job for each that has been unused for a week."""
    while page := _page(after=job.state.get("after", "")):
        for owner, uploaded in groupby(page, key=lambda it: uploads.parse_key(it["Key"])[0]):
            job.state["after"] = _find_of(owner, list(uploaded))
            if time.monotonic() > deadline:
                jobs.save(job, after=_AT_ONCE)
                return
        jobs.save(job)
    job.delete()


def _find_of(owner: str, page: Sequence[Any]) -> str:
    """Start the jobs for one owner's uploads and return the last key."""
    oldest = datetime.now(UTC) - _UNUSED_FOR
    names = {uploads.parse_key(it["Key"])[1] for it in page if it["LastModified"] < oldest}
    for name in names - upload_uses.of_user(owner) if names else ():
        jobs.put(jobs.UPLOAD, uploads.job_subject(owner, name))
    return str(page[-1]["Key"])


def _page(*, after: str) -> Sequence[Any]:
    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix="uploads/user/", StartAfter=after)
    return found.get("Contents", [])
