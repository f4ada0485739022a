"""Run the workflow's steps one by one, so that a fault fits between any two."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from pynamodb.models import Model

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.request_items import DailyUsage, InFlightUsage
from keepreel.db.tables import Video
from keepreel.dispatch.take import take
from keepreel.errors import NotFound
from keepreel.schemas.requests import VideoRequest
from keepreel.settings import settings
from keepreel.videos import create, spec
from keepreel.workflow import fail, poll, save, submit
from keepreel.workflow.step import Step, run_step

_MAX_STEPS = 60

STEPS: dict[str, Callable[[Video], Step]] = {
    "queued": submit.submit,
    "processing": poll.poll,
    "saving": partial(save.save, seconds_left=60),
    "failed": partial(fail.fail, cause=None),
}


def create_video(**fields: Any) -> Video:
    """Create a new user's video without starting it (needs the fixture `without_workflow`)."""
    request = VideoRequest(**{"prompt": "a warm smile", **fields})
    (video,) = create.create(spec.for_user(request, owner=f"user#{uuid4()}"), key=None).videos
    return video


def create_video_with_slot(**fields: Any) -> Video:
    """Create a video that has a slot, so its workflow may run."""
    video = create_video(**fields)
    take_slot(video)
    return now(video)


def create_video_from_upload(content: bytes, **fields: Any) -> Video:
    """Create a video from an uploaded image, for a model that accepts images by URL only."""
    owner, upload_id = f"user#{uuid4()}", uuid4().hex
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=f"uploads/{owner.replace('#', '/')}/{upload_id}", Body=content
    )
    request = {"prompt": "a warm smile", "model": "higgsfield-dop-lite", "source_image": f"upload:{upload_id}"}
    video_spec = spec.for_user(VideoRequest(**{**request, **fields}), owner=owner)
    (video,) = create.create(video_spec, key=None).videos
    return video


def step(name: str, video: Video) -> str:
    """Run the step that follows this status and return the resulting status."""
    if name == "queued":
        with suppress(NotFound):
            take_slot(video)
    event = {"owner": video.owner, "video_id": video.video_id}
    return str(run_step(event, STEPS[name])["status"])


def take_slot(video: Video) -> None:
    """Give the video a slot if it waits for one, as the dispatcher does."""
    record = now(video)
    if record.waiting_queue:
        assert take(record, n=random.randrange(10**8))


def run(video: Video, *, status: str = "queued") -> Video:
    """Run the workflow from this status to its end, without waits, and return the record."""
    for _ in range(_MAX_STEPS):
        if status not in STEPS:
            break
        ended = status == "failed"
        status = step(status, video)
        if ended:
            break
    return now(video)


def now(video: Video) -> Video:
    return video_records.get(owner=video.owner, video_id=video.video_id)


def facts(record: Model, *names: str) -> tuple[object, ...]:
    """Return some attributes of a record, None for a missing one."""
    return tuple(getattr(record, name) for name in names)


def usage(video: Video) -> int:
    """Return the number of videos in the daily usage."""
    return int(_usage(video).videos)


def quotas_used(video: Video) -> tuple[int, int, int]:
    """Return the payer's usage: videos today, cents today and videos in flight."""
    flying = InFlightUsage.get(f"in_flight#{video.payer}", consistent_read=True)
    return int(_usage(video).videos), int(_usage(video).cents), int(flying.videos)


def _usage(video: Video) -> DailyUsage:
    return DailyUsage.get(f"usage#{video.payer}#{video.usage_day}", consistent_read=True)
