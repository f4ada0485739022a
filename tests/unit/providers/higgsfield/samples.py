"""Sample jobs and requests, the API key, and canary values that must not reach logs and errors."""

from datetime import UTC, datetime, timedelta
from typing import Any

from keepreel.models import catalog
from keepreel.providers.base import Job, Submission

KEY_ID = "canary-key-id-0123456789abcdef"
KEY_SECRET = "canary-key-secret-0123456789abcdef"
KEY = f"{KEY_ID}:{KEY_SECRET}"
PROMPT = "A woman adjusts her camera. Happy canary Sophia style"
IMAGE_URL = "https://images.higgsfield.ai/canary/sophia.jpg"
VIDEO_ID = "019a5c3e-7d2f-7a31-9c55-0242ac120002"
TASK_ID = "d7e6c0f3-6699-4f6c-bb45-2ad7fd9158ff"

FROM_IMAGE = Submission(
    video_id=VIDEO_ID,
    path="/higgsfield-ai/dop/standard",
    body={"prompt": PROMPT, "image_url": IMAGE_URL},
)
FROM_TEXT = Submission(
    video_id=VIDEO_ID,
    path="/kling-video/v2.1/master/text-to-video",
    body={"prompt": PROMPT, "duration": 5, "aspect_ratio": "1:1"},
)


def job(model: str = "higgsfield-dop-standard", **changes: object) -> Job:
    """Return an image-to-video job; text-to-video with `has_image=False`."""
    fields: dict[str, Any] = {
        "video_id": VIDEO_ID,
        "model": catalog.models()[model],
        "prompt": PROMPT,
        "duration_seconds": 5,
        "aspect_ratio": "1:1",
        "resolution": "1080p",
        "has_image": True,
    }
    return Job(**{**fields, **changes})


def sent_job(hours_ago: float = 0, *, task_id: str | None = None) -> Job:
    """Return a job whose submit had an unknown outcome."""
    return job(sent=FROM_IMAGE, first_sent_at=datetime.now(UTC) - timedelta(hours=hours_ago), task_id=task_id)


def accepted(status: str = "queued") -> dict[str, Any]:
    """Return Higgsfield's response to a submit; its absolute URLs must never be used."""
    return {
        "status": status,
        "request_id": TASK_ID,
        "status_url": f"http://169.254.169.254/requests/{TASK_ID}/status",
        "cancel_url": f"http://169.254.169.254/requests/{TASK_ID}/cancel",
    }
