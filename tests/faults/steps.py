"""A video taken through the workflow's steps by hand, so that a fault can be put between any two of them."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from keepreel import failing, generation, polling, records, saving, submission, workflow
from keepreel.inputs import VideoRequest
from keepreel.models import DailyUsage, Video
from keepreel.workflow import Step

_MOST_STEPS = 60

STEPS: dict[str, Callable[[Video], Step]] = {
    "queued": submission.submit,
    "processing": polling.poll,
    "saving": partial(saving.save, seconds_left=60),
    "failed": partial(failing.fail, cause=None),
}


def ask(**fields: Any) -> Video:
    """A new person's video, created and not started (use it with `without_workflow`)."""
    owner = f"user#{uuid4()}"
    request = VideoRequest(**{"prompt": "a warm smile", **fields})
    (video,) = generation.create(request, owner=owner, created_by=owner, key=None).videos
    return video


def step(name: str, video: Video) -> str:
    """Runs the step that follows this status; gives the status that it answers."""
    event = {"owner": video.owner, "video_id": video.video_id}
    return str(workflow.run_step(event, STEPS[name])["status"])


def run(video: Video, *, status: str = "queued") -> Video:
    """Runs the workflow from this status to its end, without its waits; gives the record as it then is."""
    for _ in range(_MOST_STEPS):
        if status not in STEPS:
            break
        ended = status == "failed"
        status = step(status, video)
        if ended:
            break
    return now(video)


def now(video: Video) -> Video:
    return records.get(owner=video.owner, video_id=video.video_id)


def facts(record: Video, *names: str) -> tuple[object, ...]:
    """Some of a record's attributes; None for one that it does not have."""
    return tuple(getattr(record, name) for name in names)


def usage(video: Video) -> int:
    return int(DailyUsage.get(f"usage#{video.owner}#{video.usage_day}", consistent_read=True).videos)
