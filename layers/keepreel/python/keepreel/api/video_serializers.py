"""Serialize videos, lists of videos, and dry runs to JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from keepreel.api.json_values import iso_time, template, usual_seconds, whole
from keepreel.db import owners
from keepreel.db.readable import readable
from keepreel.db.status import DOWNLOADABLE, RETRYABLE, SHAREABLE, UNFINISHED, Status, allowed_from
from keepreel.db.tables import Video
from keepreel.media import storage
from keepreel.media.resolutions import delivered_resolution
from keepreel.models import catalog
from keepreel.models.options import Options
from keepreel.providers import registry
from keepreel.videos import queue_place
from keepreel.videos.queries import Page
from keepreel.videos.queue_place import Place
from keepreel.workflow import intervals

if TYPE_CHECKING:  # these modules load pydantic and Pillow, which functions that only read videos do not need
    from keepreel.db.quotas import Remaining
    from keepreel.videos.spec import VideoSpec

# Responses name images as URLs. A request accepts both names.
_OPTION_FIELDS = {"end_image": "end_image_url", "reference_images": "reference_image_urls"}
# The actions on a video: the path below the video's own, and the statuses in which the action is available.
_LINKS = {
    "self": ("", frozenset(Status)),
    "download": ("/download", DOWNLOADABLE),
    "share": ("/share", SHAREABLE),
    "cancel": ("/cancel", allowed_from(Status.CANCELED)),
    "retry": ("/retry", RETRYABLE),
    "remix": ("/remix", allowed_from(Status.DELETING)),
    "delete": ("", allowed_from(Status.DELETING)),
}


def video_json(video: Video, place: Place | None = None) -> dict[str, Any]:
    """Serialize a video. `place` is its place in the queue while it waits."""
    is_completed = video.status == Status.COMPLETED
    return {
        "id": video.video_id,
        "owner": video.owner,
        "user_id": owners.user_id(video.owner),
        "community_id": owners.community_id(video.owner),
        "created_by": video.created_by,
        "type": video.type,
        "status": video.status,
        "prompt": video.prompt,
        "final_prompt": video.final_prompt,
        "template": template(video),
        "negative_prompt": video.negative_prompt,
        "provider": video.provider,
        "provider_task_id": video.provider_task_id,
        "model": video.model,
        "requested_model": video.requested_model,
        "duration_seconds": int(video.duration_seconds),
        "aspect_ratio": video.aspect_ratio,
        "resolution": video.resolution,
        "delivered_resolution": delivered_resolution(video.width, video.height),
        "source_image_url": video.source_image,
        **options_json(Options.from_json(video.options)),
        "enhanced_prompt": video.enhanced_prompt,
        "video_url": storage.public_url(storage.video_key(video)) if is_completed else None,
        "thumbnail_url": storage.public_url(storage.thumbnail_key(video)) if is_completed else None,
        "width": whole(video.width),
        "height": whole(video.height),
        "size_bytes": whole(video.size_bytes),
        "sha256": video.sha256,
        "source_sha256": video.source_sha256,
        "ai_generated": True,
        "content_credentials": video.content_credentials,
        "measured_seconds": video.measured_seconds,
        # The error is recorded a moment before the status changes.
        "error": _error(video) if video.status == Status.FAILED else None,
        "poll_after_seconds": intervals.poll_after_seconds(video),
        "elapsed_seconds": _elapsed_seconds(video),
        "queue": place and {**asdict(place), "expected_start_at": iso_time(place.expected_start_at)},
        "usual_seconds": usual_seconds(catalog.models().get(video.model)),
        "seed": whole(video.seed),
        "batch_id": video.batch_id,
        "batch_index": whole(video.batch_index),
        "remixed_from": video.remixed_from,
        "counts": {"views": int(video.views), "shares": int(video.shares), "downloads": int(video.downloads)},
        "cost": {"estimated_usd": video.estimated_cost_cents / 100, "actual_usd": video.actual_cost_usd},
        "created_at": iso_time(video.created_at),
        "updated_at": iso_time(video.updated_at),
        "completed_at": iso_time(video.completed_at),
        "file_expires_at": iso_time(video.file_expires_at),
        "links": _links(video),
    }


def credentials_json(video: Video, report: dict[str, Any] | None) -> dict[str, Any]:
    return {"ai_generated": True, "content_credentials": video.content_credentials, "report": report}


def options_json(options: Options) -> dict[str, Any]:
    """Return every option as a field of its own; null if it is not used."""
    stored = options.to_json()
    return {_OPTION_FIELDS.get(name, name): stored.get(name) for name in vars(options)}


def created_json(videos: Sequence[Video]) -> dict[str, Any]:
    """Serialize the first video of a request, with all of its videos in order under `videos`."""
    serialized = [video_json(video) for video in videos]
    return {**serialized[0], "job_id": videos[0].video_id, "videos": serialized}


def dry_run_json(spec: "VideoSpec", remaining: "Remaining", *, is_paused: bool) -> dict[str, Any]:
    return {
        "dry_run": True,
        "type": spec.type,
        "final_prompt": spec.prompt.final_prompt,
        "model": spec.model.id,
        "requested_model": spec.requested_model,
        **asdict(spec.format),
        "source_image_url": spec.source_image,
        **options_json(spec.options),
        "variations": spec.variations,
        "cost": {
            "estimated_usd": spec.cents / 100,
            "estimated_usd_each": spec.cents_each / 100,
            "is_price_verified": spec.model.price_verified_at is not None,
        },
        "remaining": {
            "videos_today": remaining.videos,
            "usd_today": remaining.cents / 100,
            "in_flight": remaining.in_flight,
        },
        "is_paused": is_paused,
    }


def prompt_json(spec: "VideoSpec") -> dict[str, Any]:
    return {
        "type": spec.type,
        "final_prompt": spec.prompt.final_prompt,
        "template": template(spec.prompt),
        "model": spec.model.id,
        "source_image_url": spec.source_image,
    }


def page_json(page: Page) -> dict[str, Any]:
    places = queue_place.of(page.videos)
    videos = readable(
        page.videos,
        lambda video: video_json(video, places.get(video.video_id)),
        fields=lambda it: {"owner": it.owner, "video_id": it.video_id},
    )
    return {"videos": videos, "next_cursor": page.next_cursor}


def _links(video: Video) -> dict[str, str]:
    """Return the video's URL and those of its available actions. An action without a link would be refused."""
    community_id = owners.community_id(video.owner)
    folder = "/v1/videos" if community_id is None else f"/v1/communities/{community_id}/videos"
    self_url = f"{folder}/{video.video_id}"
    links = {name: self_url + path for name, (path, statuses) in _LINKS.items() if video.status in statuses}
    if video.provider_task_id is not None and not registry.can_cancel(video.provider):
        links.pop("cancel", None)
    return links


def _error(video: Video) -> dict[str, str | None]:
    return {"code": video.error_code, "message": video.error_message}


def _elapsed_seconds(video: Video) -> float:
    until = datetime.now(UTC) if video.status in UNFINISHED else video.completed_at or video.updated_at
    return round((until - video.created_at).total_seconds(), 1)
