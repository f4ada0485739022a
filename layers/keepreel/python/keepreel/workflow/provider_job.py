"""Build the provider job of a video from its record."""

import json
from dataclasses import replace

from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.models.options import Options
from keepreel.providers.base import Job, Submission
from keepreel.workflow import callback_urls, job_images


def without_image(video: Video) -> Job:
    """Return the job for a lookup, without the images' content."""
    return _job(video)


def with_image(video: Video) -> Job:
    """Return the job for a submit. Raises BadImage."""
    return replace(
        _job(video),
        callback_url=callback_urls.of_video(video),
        image=job_images.content(video, job_images.source_image(video)),
        end_image=job_images.content(video, job_images.end_image(video)),
        reference_images=tuple(
            content
            for image in job_images.reference_images(video)
            if (content := job_images.content(video, image)) is not None
        ),
    )


def _job(video: Video) -> Job:
    return Job(
        video_id=video.video_id,
        model=catalog.models()[video.model],
        prompt=video.final_prompt,
        negative_prompt=video.negative_prompt,
        duration_seconds=int(video.duration_seconds),
        aspect_ratio=video.aspect_ratio,
        resolution=video.resolution,
        has_image=video.source_image is not None,
        seed=None if video.seed is None else int(video.seed),
        options=Options.from_json(video.options),
        sent=_sent_before(video),
        first_sent_at=video.first_attempted_at,
        task_id=video.provider_task_id,
    )


def _sent_before(video: Video) -> Submission | None:
    if video.attempt_request is None:
        return None
    return Submission(video_id=video.video_id, **json.loads(video.attempt_request))
