"""A video taken through the workflow's steps by hand, so that a fault can be put between any two of them."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.tables import DailyUsage, InFlightUsage, Video
from keepreel.schemas.requests import VideoRequest
from keepreel.settings import settings
from keepreel.videos import create, spec
from keepreel.workflow import fail, poll, save, submit
from keepreel.workflow import step as workflow
from keepreel.workflow.step import Step

_MOST_STEPS = 60

STEPS: dict[str, Callable[[Video], Step]] = {
    "queued": submit.submit,
    "processing": poll.poll,
    "saving": partial(save.save, seconds_left=60),
    "failed": partial(fail.fail, cause=None),
}


def create_video(**fields: Any) -> Video:
    """A new user's video, created and not started (use it with `without_workflow`)."""
    request = VideoRequest(**{"prompt": "a warm smile", **fields})
    (video,) = create.create(spec.for_user(request, owner=f"user#{uuid4()}"), key=None).videos
    return video


def create_video_from_upload(content: bytes, **fields: Any) -> Video:
    """Likewise, from an image that the user has uploaded, of a model that takes images by URL alone."""
    owner, upload_id = f"user#{uuid4()}", uuid4().hex
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=f"uploads/{owner.replace('#', '/')}/{upload_id}", Body=content
    )
    asked = {"prompt": "a warm smile", "model": "higgsfield-dop-lite", "source_image": f"upload:{upload_id}"}
    order = spec.for_user(VideoRequest(**{**asked, **fields}), owner=owner)
    (video,) = create.create(order, key=None).videos
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
    return video_records.get(owner=video.owner, video_id=video.video_id)


def facts(record: Video, *names: str) -> tuple[object, ...]:
    """Some of a record's attributes; None for one that it does not have."""
    return tuple(getattr(record, name) for name in names)


def usage(video: Video) -> int:
    """How many videos count in the day's usage."""
    return int(_usage(video).videos)


def quotas_used(video: Video) -> tuple[int, int, int]:
    """What its payer has taken of the limits: videos of the day, cents of the day, and videos in flight."""
    flying = InFlightUsage.get(f"in_flight#{video.payer}", consistent_read=True)
    return int(_usage(video).videos), int(_usage(video).cents), int(flying.videos)


def _usage(video: Video) -> DailyUsage:
    return DailyUsage.get(f"usage#{video.payer}#{video.usage_day}", consistent_read=True)
