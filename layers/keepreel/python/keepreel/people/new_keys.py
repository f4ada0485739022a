"""Move a video's files to new keys after its public link was revoked, so that who saw the page cannot fetch them again.

A run that ends early is repeated: the files are copied first, then the record names the new ones, and what the record
does not name is removed last. At every moment the record's files exist.
"""

from datetime import UTC, datetime
from pathlib import PurePosixPath

from pynamodb.exceptions import UpdateError

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.jobs import Job
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import NotFound
from keepreel.logs import logger
from keepreel.media import storage


def run(job: Job, _deadline: float) -> None:
    """Copy, switch and remove. Of a video that is deleted, only what was copied is removed."""
    try:
        video = video_records.get(owner=job.state["owner"], video_id=job.subject)
        is_there = video.status == Status.COMPLETED and _has_switched(video, old=job.state["old"], new=job.state["new"])
    except NotFound:
        is_there = False
    if is_there:
        storage.purge_folder_except(storage.folder(job.subject), keep=storage.keys(video))
        logger.info("files moved to new keys", extra={"video_id": job.subject, "owner": job.state["owner"]})
    else:
        storage.purge_folder(f"{storage.folder(job.subject)}{job.state['new']}/")
    job.delete()


def _has_switched(video: Video, *, old: str, new: str) -> bool:
    """Let the record name copies of its files, unless it has other ones. Return False if it is deleted meanwhile."""
    if video.media_secret == old:
        _switch(video, new=new)
    return video.status == Status.COMPLETED


def _switch(video: Video, *, new: str) -> None:
    """Copy the files and let the record name the copies. Raises NotFound if the video is gone meanwhile."""
    for key in storage.list_keys(f"{storage.folder(video.video_id)}{video.media_secret}/"):
        storage.copy(key, f"{storage.folder(video.video_id)}{new}/{PurePosixPath(key).name}")
    is_unchanged = (Video.status == Status.COMPLETED) & (Video.media_secret == video.media_secret)
    actions = [Video.media_secret.set(new), Video.updated_at.set(datetime.now(UTC))]
    try:
        video.update(actions=actions, condition=is_unchanged)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        video_records.refresh(video)
