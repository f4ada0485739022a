"""Save a finished video: download it from the provider, verify it, store it in our bucket, complete the record."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import BinaryIO, cast

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, FileGone, LostRace, NotFound, Unreachable
from keepreel.logs import logger
from keepreel.media import download, storage, thumbnails
from keepreel.media.mp4 import BoxCheck
from keepreel.providers import registry
from keepreel.providers.base import TaskState
from keepreel.providers.task_status import TaskStatus
from keepreel.workflow import account_prices, daily_costs, deadlines, failures, notifications, outcome, provider_job
from keepreel.workflow.alerts import alert_operator
from keepreel.workflow.step import Step


@dataclass(frozen=True, kw_only=True)
class _Stored:
    size_bytes: int
    sha256: str


def save(video: Video, *, seconds_left: float) -> Step:
    """Store the MP4 and its first frame, and complete the video. Safe to repeat and to run in parallel.

    Two parallel saves write the same bytes to the same keys, and one of them completes the record. Raises BadVideo or
    Unreachable, which the workflow retries with a new download URL, and FileGone once the video has failed for good.
    """
    if video.status not in (Status.SAVING, Status.PROCESSING, Status.DELAYED) or video.provider_task_id is None:
        notifications.publish(video)  # the run that completed it may have been killed before it published the event
        return Step(status=Status(video.status))
    if video.status != Status.SAVING:
        video_records.transition(video, to=Status.SAVING)
    deadline = time.monotonic() + seconds_left
    try:
        state = _finished_task(video)
        stored = _store(video, state.video_url or "", deadline=deadline)
    except FileGone as gone:
        raise _gone(video, gone) from gone
    frame = thumbnails.first_frame(cast(BinaryIO, storage.open_reader(storage.video_key(video))))
    storage.put_thumbnail(storage.thumbnail_key(video), frame.jpeg)
    return _complete(video, stored, frame, state)


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


def _store(video: Video, url: str, *, deadline: float) -> _Stored:
    """Download, check and upload in one pass with constant memory. The object exists only if every check passed."""
    digest, size = sha256(), 0
    with (
        download.stream(url, provider_url=registry.info(video.provider).base_url(), deadline=deadline) as chunks,
        storage.Writer(storage.video_key(video)) as writer,
    ):
        boxes = BoxCheck(has_known_end=chunks.has_known_end)
        for chunk in chunks:
            boxes.feed(chunk)
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        boxes.finish()
        _check_still_saving(video)
        writer.finish()
    return _Stored(size_bytes=size, sha256=digest.hexdigest())


def _check_still_saving(video: Video) -> None:
    """Raise LostRace if a faster save has completed the video meanwhile, so that its file is not overwritten."""
    status = video_records.get(owner=video.owner, video_id=video.video_id).status
    if status != Status.SAVING:
        raise LostRace(f"{video.video_id} is now {status}")


def _complete(video: Video, stored: _Stored, frame: thumbnails.FirstFrame, state: TaskState) -> Step:
    bill = state.bill or account_prices.charged(video)
    completed_at = datetime.now(UTC)
    facts = [
        Video.size_bytes.set(stored.size_bytes),
        Video.sha256.set(stored.sha256),
        Video.width.set(frame.width),
        Video.height.set(frame.height),
        Video.completed_at.set(completed_at),
        *outcome.facts(state),
        *outcome.cost(bill),
    ]
    if frame.seconds is not None:
        facts.append(Video.measured_seconds.set(frame.seconds))
    try:
        video_records.close(video, to=Status.COMPLETED, actions=facts)
    except (LostRace, NotFound):
        # If the video was deleted during the save, no file may stay behind. Otherwise the files are kept.
        if _is_deleted(video):
            storage.delete(storage.video_key(video), storage.thumbnail_key(video))
        raise
    logger.info("saved", extra={"video_id": video.video_id, "owner": video.owner, "size_bytes": stored.size_bytes})
    if video.completed_at == completed_at:  # not if a parallel save has completed the video
        daily_costs.count(video)
    notifications.publish(video)
    return Step(status=Status.COMPLETED)


def _is_deleted(video: Video) -> bool:
    try:
        return video_records.get(owner=video.owner, video_id=video.video_id).status == Status.DELETING
    except NotFound:
        return True
