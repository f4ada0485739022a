"""Export of a person's data: files of JSON in the bucket, with signed links, which expire together after an hour.

An export is a job. It writes the videos in parts, and after each part it remembers the place, so that the number of
videos is not limited and a killed run loses one part at most.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from keepreel.db import jobs, owners
from keepreel.db.jobs import Job
from keepreel.media import storage
from keepreel.people import export_contents, owned_communities, owned_videos

LINKS_VALID_FOR = timedelta(hours=1)  # Lambda's own credentials, which sign the links, may end after some hours
_AT_ONCE = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Export:
    """The state of an export. It is ready if it has a URL, which is of the manifest."""

    url: str | None = None
    expires_at: datetime | None = None


def get(owner: str) -> Export:
    """Return the person's export, and begin one if there is none or its links have expired."""
    sub = owners.user_id(owner) or ""
    job = jobs.find(jobs.EXPORT, sub)
    expires_at = job and _expires_at(job)
    if job and expires_at and expires_at > datetime.now(UTC):
        seconds = int((expires_at - datetime.now(UTC)).total_seconds()) + 1
        return Export(url=storage.signed_url(_key(job, "manifest.json"), seconds=seconds), expires_at=expires_at)
    if job is None or expires_at:
        jobs.start(jobs.EXPORT, sub, replaces=job)
    return Export()


def run(job: Job, deadline: float) -> None:
    """Write the parts and the manifest, or remove them when their links have expired."""
    owner = owners.of_user(job.subject)
    if expires_at := _expires_at(job):
        _end(job, owner, expires_at)
        return
    if "export_id" not in job.state:
        _begin(job, owner)
    while job.state["left"]:
        _write_next_part(job)
        jobs.save(job, after=_AT_ONCE if time.monotonic() > deadline else None)
        if time.monotonic() > deadline:
            return
    _write_manifest(job, owner)


def folder(owner: str) -> str:
    """Return the prefix of all files of an owner's exports."""
    return f"exports/{owner.replace('#', '/', 1)}/"


def _begin(job: Job, owner: str) -> None:
    """Remove an earlier export, and remember whose videos are to be written, and from which one on."""
    storage.purge_folder(folder(owner))
    left = [[it, ""] for it in owned_communities.everyone(owner)]
    job.state = {"export_id": secrets.token_hex(16), "left": left, "parts": 0, "videos": 0}
    jobs.save(job)


def _write_next_part(job: Job) -> None:
    """Write the next page of videos of the first owner that is left."""
    owner, after = job.state["left"][0]
    page = next(owned_videos.items(owner, after=after), [])
    if not page:
        job.state["left"].pop(0)
        return
    name = f"videos-{job.state['parts'] + 1:04}.json"
    storage.put_json(_key(job, name), {"videos": [export_contents.video(it, LINKS_VALID_FOR) for it in page]})
    job.state |= {"parts": job.state["parts"] + 1, "videos": job.state["videos"] + len(page)}
    job.state["left"][0] = [owner, page[-1]["video_id"]["S"]]


def _write_manifest(job: Job, owner: str) -> None:
    expires_at = datetime.now(UTC) + LINKS_VALID_FOR
    names = [f"videos-{n:04}.json" for n in range(1, job.state["parts"] + 1)]
    manifest: dict[str, Any] = {
        **export_contents.manifest(owner, LINKS_VALID_FOR),
        "links_expire_at": expires_at.isoformat(timespec="seconds"),
        "videos": {"count": job.state["videos"], "parts": _links(job, names)},
    }
    storage.put_json(_key(job, "manifest.json"), manifest)
    job.state["expires_at"] = expires_at.isoformat()
    jobs.save(job, after=LINKS_VALID_FOR)


def _links(job: Job, names: Iterable[str]) -> list[str]:
    seconds = int(LINKS_VALID_FOR.total_seconds())
    return [storage.signed_url(_key(job, name), seconds=seconds) for name in names]


def _end(job: Job, owner: str, expires_at: datetime) -> None:
    if datetime.now(UTC) < expires_at:
        jobs.save(job, after=expires_at - datetime.now(UTC))
        return
    storage.purge_folder(folder(owner))
    job.delete()


def _expires_at(job: Job) -> datetime | None:
    stored = job.state.get("expires_at")
    return None if stored is None else datetime.fromisoformat(stored)


def _key(job: Job, name: str) -> str:
    return f"{folder(owners.of_user(job.subject))}{job.state['export_id']}/{name}"
