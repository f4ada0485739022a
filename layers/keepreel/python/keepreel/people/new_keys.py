"""Move a video's files to new keys after its link was revoked, so that nobody who saw its page can fetch them again.

A run that ends early is repeated: the files are copied first, then the record names the new ones, and the old ones are
removed last. At every moment the record's files exist. Each revoke has a job of its own, which removes only the two
folders that it knows, and only while the record names neither: a slow run cannot remove the files of a later move.
"""

from datetime import UTC, datetime
from pathlib import PurePosixPath

from botocore.exceptions import ClientError
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
    """Copy, switch and remove. Of a video that is gone, what was copied is removed."""
    video_id, old, new = job.subject.partition("#")[0], job.state["old"], job.state["new"]
    in_use = _switch(owner=job.state["owner"], video_id=video_id, old=old, new=new)
    # A secret is never used again, so a folder that the record does not name now stays unused.
    for secret in {old, new} - {in_use}:
        storage.purge_folder(f"{storage.folder(video_id)}{secret}/")
    logger.info("files moved to new keys", extra={"video_id": video_id, "owner": job.state["owner"]})
    job.delete()


def _switch(*, owner: str, video_id: str, old: str, new: str) -> str | None:
    """Let the record name copies of its files, unless it has others. Return its secret; None if it is gone."""
    try:
        video = video_records.get(owner=owner, video_id=video_id)
        if video.status == Status.COMPLETED and video.media_secret == old and _copied(video, new=new):
            _name(video, new=new)
    except NotFound:
        return None
    return video.media_secret


def _copied(video: Video, *, new: str) -> bool:
    """Copy the files. Return False if another job has moved them meanwhile. Raises ClientError, NotFound."""
    old, folder = video.media_secret, storage.folder(video.video_id)
    try:
        for key in storage.list_keys(f"{folder}{old}/"):
            storage.copy(key, f"{folder}{new}/{PurePosixPath(key).name}")
    except ClientError:
        video_records.refresh(video)
        if video.media_secret == old:
            raise
        return False
    return True


def _name(video: Video, *, new: str) -> None:
    is_unchanged = (Video.status == Status.COMPLETED) & (Video.media_secret == video.media_secret)
    actions = [Video.media_secret.set(new), Video.updated_at.set(datetime.now(UTC))]
    try:
        video.update(actions=actions, condition=is_unchanged)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        video_records.refresh(video)
