"""The sweeper: restart the workflow of every unfinished video whose record has not changed in time.

It also finishes deletions that were interrupted, publishes events that were not published, and calls the worker for due
jobs on people's data. Each shard of due videos is swept by a run of its own, and a full shard by several, so that it
does not hold up the others.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from zlib import crc32

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from keepreel import aws, dispatch_trigger, metrics
from keepreel.db import check_times, due_videos, jobs, video_records
from keepreel.db.due_videos import Due, Record
from keepreel.db.status import PUBLISHED, UNFINISHED, Status
from keepreel.db.tables import IN_FLIGHT_SHARDS, Video
from keepreel.dispatch import execution
from keepreel.errors import LostRace, NotFound
from keepreel.logs import logger
from keepreel.videos import delete
from keepreel.workflow import deadlines, notifications

_RUN_VIDEOS = 300  # a shard with this many is full: one run looks at about 350 in its time
_PARTS = 8  # of a full shard
_GROUP = 100  # videos that are sorted by the expiry of their files; their records are read in one call
_LEASE = timedelta(seconds=30)
_SECONDS_BETWEEN_CALLS = 30  # of the dispatcher for one queue: thousands of videos may wait
_NEVER = datetime.max.replace(tzinfo=UTC)
_called_at: dict[str, float] = {}  # when the dispatcher was called for a queue
_SWEPT = UNFINISHED | PUBLISHED | {Status.DELETING}


def fan_out(*, function_name: str, seconds_left: float) -> list[int]:
    """Invoke the sweeper for each shard that has due videos, several times for a full one. Return these shards.

    Counts the heartbeat `SweepRan` if every shard was read and invoked, and the age of the oldest due video.
    """
    invoked: list[int] = []
    late: list[float] = []
    done, end = 0, time.monotonic() + seconds_left
    for shard in range(IN_FLIGHT_SHARDS):
        if time.monotonic() > end:
            break
        with _isolated(shard=shard):
            if oldest := list(islice(due_videos.find(shard), _RUN_VIDEOS)):
                late.append(due_videos.seconds_late(oldest[0]))
                _invoke(function_name, shard, parts=_PARTS if len(oldest) == _RUN_VIDEOS else 1)
                invoked.append(shard)
            done += 1
    if late:
        metrics.count("OldestDueSeconds", max(late), unit="Seconds")
    if done == IN_FLIGHT_SHARDS:
        metrics.count("SweepRan")
    return invoked


def sweep(
    *, seconds_left: float, shards: Sequence[int] = range(IN_FLIGHT_SHARDS), part: int = 0, parts: int = 1
) -> int:
    """Process the due videos of these shards, and return the number of workflows that run because of it.

    Each shard has an equal share of the time. A video that cannot be processed does not hold up the others. The next
    sweep does what the time did not allow. With `parts`, only the videos of this part of a shard are processed.
    """
    end = time.monotonic() + seconds_left
    started = 0
    for index, shard in enumerate(shards):
        now = time.monotonic()
        with _isolated(shard=shard):
            due = (it for it in due_videos.find(shard) if _part(it, parts) == part)
            started += _sweep_due(_by_expiry(due), shard=shard, deadline=now + (end - now) / (len(shards) - index))
    return started


def _invoke(function_name: str, shard: int, *, parts: int) -> None:
    for part in range(parts):
        aws.invoke_later(function_name, {"shard": shard, "part": part, "parts": parts})


def _part(due: Due, parts: int) -> int:
    """Return the video's part of its shard. The shard is the hash modulo the number of shards, so divide by that."""
    return crc32(due.video_id.encode()) // IN_FLIGHT_SHARDS % parts


def _sweep_due(due: Iterator[Due], *, shard: int, deadline: float) -> int:
    """Process due videos until the deadline. Return the number of workflows that run because of it."""
    started = 0
    while time.monotonic() <= deadline:
        if (video := next(due, None)) is None:
            return started
        with _isolated(owner=video.owner, video_id=video.video_id):
            started += _process(video)
    logger.warning("sweep out of time", extra={"shard": shard})
    metrics.count("SweepTruncated")
    return started


def _by_expiry(due: Iterator[Due]) -> Iterator[Due]:
    """Yield due videos in groups, the oldest group first. In a group, files that expire soon come first.

    The reason is that there may not be time for all. A group is small, so that no video waits for long.
    """
    while group := list(islice(due, _GROUP)):
        expires_at: dict[tuple[str, str], datetime] = {}
        with _isolated():
            expires_at = {(it.owner, it.video_id): _expires_at(it) for it in due_videos.read(group)}
        yield from sorted(group, key=lambda it: expires_at.get((it.owner, it.video_id), _NEVER))


def _expires_at(record: Record) -> datetime:
    try:
        video = record.video()
        return deadlines.file_expires_at(video) if video.provider_task_id else _NEVER
    except Exception:  # noqa: BLE001  # an unreadable record is reported when it is processed
        return _NEVER


@contextmanager
def _isolated(**fields: object) -> Iterator[None]:
    """Isolate errors so that one bad record does not stop the sweep."""
    try:
        yield
    except Exception:  # noqa: BLE001
        logger.exception("sweep failed for a record", extra=fields)


def _process(due: Due) -> bool:
    """Do what the video's status needs. Return whether its workflow runs because of it.

    The video is leased for half a minute, so that only one of two sweepers acts, and a crash costs little time.
    """
    record = due_videos.lease(due, duration=_LEASE)
    if record is None:
        return False
    if jobs.is_job(record.owner):
        jobs.call_worker(record.owner, record.video_id)
        return False
    try:
        video = record.video()
        is_started = _act(video)
    except (LostRace, NotFound):  # another worker was faster
        return False
    except Exception as error:
        if not aws.is_outage(error):
            _count_failed_try(record)
        raise
    if is_started:
        _postpone(video)
    return is_started


def _count_failed_try(record: Record) -> None:
    """Postpone a record that cannot be processed. The third try sets it aside."""
    failed_tries = due_videos.count_failed_try(record)
    if failed_tries >= due_videos.TRIES:
        fields = {"owner": record.owner, "video_id": record.video_id, "failed_tries": failed_tries}
        logger.error("record set aside", extra=fields)
        metrics.count("SetAside")


def _act(video: Video) -> bool:
    if video.status not in _SWEPT:
        raise ValueError(f"a video of status {video.status} is due")
    if video.status == Status.DELETING:
        delete.finish(video)
        return False
    if video.status in PUBLISHED:
        notifications.publish(video)
        if not video.is_signing_due:
            return False
    # The workflow closes one that has failed or timed out; the dispatcher never starts one that has failed.
    if video.waiting_queue and not video.error_code and not deadlines.is_timed_out(video):
        _look_at_waiting(video)
        return False
    return execution.start_next(video)


def _look_at_waiting(video: Video) -> None:
    """Call the dispatcher, in case that no call for this video has arrived. One call looks at a whole queue."""
    queue = video.waiting_queue
    if time.monotonic() - _called_at.get(queue, -math.inf) > _SECONDS_BETWEEN_CALLS:
        _called_at[queue] = time.monotonic()
        dispatch_trigger.request(queue, [video])
    next_check_at = datetime.now(UTC) + check_times.WAITING_AFTER
    actions = [Video.next_check_at.set(next_check_at), Video.failed_sweeps.remove()]
    video_records.update(video, actions, Video.waiting_queue.exists())


def _postpone(video: Video) -> None:
    """Set the usual time of the next check, unless the workflow has set one already."""
    next_check_at = check_times.next_check_at(video, status=Status.DELAYED, now=datetime.now(UTC))
    actions: list[Action] = [Video.next_check_at.set(next_check_at)]
    if video.failed_sweeps:
        actions.append(Video.failed_sweeps.remove())
    try:
        video.update(actions=actions, condition=Video.next_check_at == video.next_check_at)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
