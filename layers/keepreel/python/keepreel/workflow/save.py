"""Save a finished video: download it from the provider, verify it, store it in our bucket, complete the record."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from keepreel import metrics
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, BadVideo, FileGone, LostRace, NotFound, Unreachable
from keepreel.logs import logger
from keepreel.media import download, samples, storage, thumbnails, workspace
from keepreel.media.mp4 import BoxCheck
from keepreel.providers import registry
from keepreel.providers.base import TaskState
from keepreel.providers.task_status import TaskStatus
from keepreel.workflow import (
    account_prices,
    bad_files,
    credentials,
    daily_costs,
    deadlines,
    failures,
    notifications,
    outcome,
    provider_job,
    result_hosts,
)
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.credentials import CredentialedFile, sign_later
from keepreel.workflow.step import Step


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """The video's file as it is in the bucket, and on the function's disk."""

    file: CredentialedFile
    frame: thumbnails.FirstFrame
    source_sha256: str


def save(video: Video, *, seconds_left: float) -> Step:
    """Store the MP4 and its first frame, and complete the video. Safe to repeat and to run in parallel.

    The file goes through the function's disk, so memory does not depend on its size. Of two parallel saves, the first
    one stores its file, and both describe that file. Raises BadVideo or Unreachable, which the workflow retries with a
    new download URL, and FileGone or UnusableFile once the video has failed for good.
    """
    if video.status == Status.COMPLETED and video.is_signing_due:
        notifications.publish(video)  # before the video leaves the in-flight index, as below
        return sign_later(video)
    if video.status not in (Status.SAVING, Status.PROCESSING, Status.DELAYED) or video.provider_task_id is None:
        notifications.publish(video)  # the run that completed it may have been killed before it published the event
        return Step(status=Status(video.status))
    if video.status != Status.SAVING:
        video_records.transition(video, to=Status.SAVING)
    deadline = time.monotonic() + seconds_left
    with workspace.folder() as folder:
        source = folder / "source.mp4"
        try:
            state = _finished_task(video)
            source_sha256 = _download(video, state.video_url or "", source, deadline=deadline)
            stored = _store(video, source, source_sha256=source_sha256)
        except FileGone as gone:
            raise _gone(video, gone) from gone
        except BadVideo as bad:
            raise bad_files.counted(video, bad) from bad
        return _complete(video, stored, state)


def _finished_task(video: Video) -> TaskState:
    """Poll the task again, because a new download URL is valid longest. Record until when the file exists."""
    try:
        state = registry.adapter(video.provider).poll(provider_job.without_image(video))
    except AccountProblem as problem:
        alert_operator(video, problem)
        raise Unreachable(str(problem)) from problem
    if state.status != TaskStatus.SUCCEEDED or state.video_url is None:
        raise Unreachable(f"the provider has no download URL for a finished video: {state.status}")
    if state.expires_at not in (None, video.file_expires_at):
        video_records.update(video, outcome.facts(state))
    return state


def _gone(video: Video, gone: FileGone) -> Unreachable:
    """Return the error for a file that the provider does not have: FileGone, which is not retried, if it has expired.

    Before that, a "not found" may be a passing error of the provider's storage.
    """
    if not deadlines.has_file_expired(video):
        return Unreachable(str(gone))
    logger.error("file gone", extra={"video_id": video.video_id, "owner": video.owner, "reason": str(gone)})
    video_records.record_failure(video, failures.FILE_GONE)
    return gone


def _download(video: Video, url: str, target: Path, *, deadline: float) -> str:
    """Download and check the provider's file, and return its SHA-256."""
    digest = sha256()
    provider_url = registry.info(video.provider).base_url()
    with (
        download.stream(
            url, provider_url=provider_url, deadline=deadline, check_host=result_hosts.checker(video)
        ) as chunks,
        target.open("wb") as file,
    ):
        boxes = BoxCheck(has_known_end=chunks.has_known_end)
        for chunk in chunks:
            boxes.feed(chunk)
            digest.update(chunk)
            file.write(chunk)
        boxes.finish()
    return digest.hexdigest()


def _store(video: Video, source: Path, *, source_sha256: str) -> _Stored:
    """Store the file only after its first frame was decoded: what no player can play is never public."""
    frame = _first_frame(source)
    file = credentials.prepare(video, source)
    _check_still_saving(video)
    is_stored = storage.put_video(
        storage.video_key(video), file.path, source_sha256=source_sha256, is_final=not file.is_signing_due
    )
    if not is_stored:
        file, stored_source = _already_stored(video, source.with_name("stored.mp4"))
        source_sha256 = stored_source or source_sha256  # the faster save may have downloaded other bytes
        frame = _first_frame(file.path)
    storage.put_thumbnail(storage.thumbnail_key(video), frame.jpeg)
    if file.report:
        storage.put_report(storage.report_key(video), file.report)
    return _Stored(file=file, frame=frame, source_sha256=source_sha256)


def _already_stored(video: Video, target: Path) -> tuple[CredentialedFile, str | None]:
    """Return the file that a faster save, or a save that was killed, has stored, and the SHA-256 of its source.

    Raises Unreachable if the file is gone.
    """
    try:
        stored = storage.fetch(storage.video_key(video), target)
    except NotFound as error:
        raise Unreachable("another save is about to store this file, or it was deleted") from error
    return credentials.inspect(video, target), stored.source_sha256


def _first_frame(path: Path) -> thumbnails.FirstFrame:
    with path.open("rb") as file:
        samples.check(file)
        return thumbnails.first_frame(file)


def _check_still_saving(video: Video) -> None:
    """Raise LostRace if a faster save has completed the video meanwhile, so that its file is not overwritten."""
    status = video_records.get(owner=video.owner, video_id=video.video_id).status
    if status != Status.SAVING:
        raise LostRace(f"{video.video_id} is now {status}")


def _complete(video: Video, stored: _Stored, state: TaskState) -> Step:
    bill = state.bill or account_prices.charged(video)
    completed_at = datetime.now(UTC)
    facts = [
        *credentials.facts(stored.file, source_sha256=stored.source_sha256),
        Video.width.set(stored.frame.width),
        Video.height.set(stored.frame.height),
        Video.completed_at.set(completed_at),
        Video.attempt_token.remove(),
        Video.submitted_at.remove(),
        *outcome.facts(state),
        *outcome.cost(bill),
    ]
    if stored.frame.seconds is not None:
        facts.append(Video.measured_seconds.set(stored.frame.seconds))
    try:
        video_records.close(video, to=Status.COMPLETED, actions=facts)
    except (LostRace, NotFound):
        # If the video was deleted during the save, no file may stay behind. Otherwise the files are kept.
        if _is_deleted(video):
            storage.purge(*storage.keys(video))
        raise
    logger.info(
        "saved", extra={"video_id": video.video_id, "owner": video.owner, "size_bytes": int(video.size_bytes or 0)}
    )
    if video.completed_at == completed_at:  # not if a parallel save has completed the video
        daily_costs.count(video)
        metrics.measure({"VideosCompleted": 1})
        seconds = (completed_at - video.created_at).total_seconds()
        metrics.measure({"SecondsToFinish": seconds}, model=video.model)
    notifications.publish(video)
    return Step(status=Status.COMPLETED)


def _is_deleted(video: Video) -> bool:
    try:
        return video_records.get(owner=video.owner, video_id=video.video_id).status == Status.DELETING
    except NotFound:
        return True
