"""Build the provider job of a video from its record."""

import json

from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.models import catalog
from keepreel.providers.base import Job, Submission


def without_image(video: Video) -> Job:
    """Return the job for a lookup, without the image's content."""
    return _job(video, image=None)


def with_image(video: Video) -> Job:
    """Return the job for a submit. Raises BadImage.

    An uploaded image is read and cropped to the requested aspect ratio, because the provider takes the video's aspect
    ratio from it. An external image is passed by its URL and never fetched.
    """
    source = video.hosted_image_url or video.source_image
    if source is None or not uploads.is_upload(source):
        return _job(video, image=source)
    from keepreel.media import images  # Pillow: only a submit with an image pays for the import

    limits = catalog.models()[video.model].limits
    cropped = images.crop(
        uploads.read(owner=video.payer, source_image=source),
        aspect_ratio=video.aspect_ratio,
        min_side=limits.min_image_side,
        min_ratio=limits.min_image_ratio,
        max_ratio=limits.max_image_ratio,
        max_bytes=limits.max_image_bytes,
        formats=limits.image_formats,
    )
    return _job(video, image=cropped)


def _job(video: Video, *, image: bytes | str | None) -> Job:
    return Job(
        video_id=video.video_id,
        model=catalog.models()[video.model],
        prompt=video.final_prompt,
        negative_prompt=video.negative_prompt,
        duration_seconds=int(video.duration_seconds),
        aspect_ratio=video.aspect_ratio,
        resolution=video.resolution,
        image=image,
        has_image=video.source_image is not None,
        seed=None if video.seed is None else int(video.seed),
        sent=_sent_before(video),
        first_sent_at=video.first_attempted_at,
        task_id=video.provider_task_id,
    )


def _sent_before(video: Video) -> Submission | None:
    if video.attempt_request is None:
        return None
    return Submission(video_id=video.video_id, **json.loads(video.attempt_request))
