"""A sample job, the API keys, and canary values that must not reach logs and errors."""

from typing import Any

from keepreel.models import catalog
from keepreel.providers.base import Job

API_KEY = "canary-api-key-0123456789abcdef"
ACCESS_KEY = "canary-access-key-0123456789abcdef"
SECRET_KEY = "canary-secret-key-0123456789abcdef"
PROMPT = "A woman adjusts her camera. Happy canary Sophia style"
VIDEO_ID = "019a5c3e-7d2f-7a31-9c55-0242ac120002"
TASK_ID = "893605946402811985"


def job(model: str = "kling-v2-1", **changes: object) -> Job:
    """Return an image-to-video job; text-to-video with `has_image=False`."""
    fields: dict[str, Any] = {
        "video_id": VIDEO_ID,
        "model": catalog.models()[model],
        "prompt": PROMPT,
        "duration_seconds": 5,
        "aspect_ratio": "1:1",
        "resolution": "720p",
        "has_image": True,
    }
    return Job(**{**fields, **changes})
