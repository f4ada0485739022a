"""A video as the API shows it. What is absent is null; times are ISO 8601 in UTC; what is internal stays inside."""

from datetime import UTC, datetime
from typing import Any

from keepreel import storage, waiting
from keepreel.library import Page
from keepreel.models import Video
from keepreel.statuses import UNFINISHED, Status
from keepreel.uploads import Upload


def video_json(video: Video) -> dict[str, Any]:
    is_kept = video.status == Status.COMPLETED
    return {
        "id": video.video_id,
        "owner": video.owner,
        "type": video.type,
        "status": video.status,
        "prompt": video.prompt,
        "final_prompt": video.final_prompt,
        "negative_prompt": video.negative_prompt,
        "provider": video.provider,
        "model": video.model,
        "duration_seconds": int(video.duration_seconds),
        "aspect_ratio": video.aspect_ratio,
        "resolution": video.resolution,
        "source_image_url": video.source_image,
        "video_url": storage.public_url(storage.video_key(video)) if is_kept else None,
        "thumbnail_url": storage.public_url(storage.thumbnail_key(video)) if is_kept else None,
        "width": _whole(video.width),
        "height": _whole(video.height),
        "size_bytes": _whole(video.size_bytes),
        "sha256": video.sha256,
        "measured_seconds": video.measured_seconds,
        # The verdict is noted a moment before the status follows.
        "error": _error(video) if video.status == Status.FAILED else None,
        "poll_after_seconds": waiting.poll_after_seconds(video),
        "elapsed_seconds": _elapsed_seconds(video),
        "batch_id": video.batch_id,
        "counts": {"views": 0, "shares": 0, "downloads": 0},
        "cost": {"estimated_usd": video.estimated_cost_cents / 100, "actual_usd": video.actual_cost_usd},
        "created_at": _time(video.created_at),
        "updated_at": _time(video.updated_at),
        "completed_at": _time(video.completed_at),
        "links": _links(video),
    }


def page_json(page: Page) -> dict[str, Any]:
    return {"videos": [video_json(video) for video in page.videos], "next_cursor": page.next_cursor}


def upload_json(upload: Upload) -> dict[str, Any]:
    return {
        "upload": {"url": upload.url, "fields": upload.fields},
        "source_image": upload.source_image,
        "expires_at": _time(upload.expires_at),
    }


def _links(video: Video) -> dict[str, str]:
    here = f"/v1/videos/{video.video_id}"
    return {"self": here, "download": f"{here}/download"} if video.status == Status.COMPLETED else {"self": here}


def _error(video: Video) -> dict[str, str | None]:
    return {"code": video.error_code, "message": video.error_message}


def _elapsed_seconds(video: Video) -> float:
    until = datetime.now(UTC) if video.status in UNFINISHED else video.completed_at or video.updated_at
    return round((until - video.created_at).total_seconds(), 1)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
