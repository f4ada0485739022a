"""Jobs and requests that fit the vendors' samples, and a server that responds with a sample."""

from typing import Any

from keepreel.models import catalog
from keepreel.providers import registry
from keepreel.providers.base import Job, Submission
from tests.data.vendor_samples import Sample
from tests.unit.providers.scripted_server import ScriptedServer


def respond(server: ScriptedServer, given: Sample) -> None:
    """Send the sample; twice, because a rejected key is tried again."""
    for _ in range(2):
        server.respond_raw(given.content, http_status=given.about["http_status"])


def job(given: Sample, **changes: Any) -> Job:
    """Return a job whose stored request and task fit the sample."""
    provider = given.about["vendor"]
    legacy = "/v1/videos" in given.about["endpoint"]
    model = {"kling": "kling-v3" if legacy else "kling-3.0", "higgsfield": "higgsfield-dop-lite"}[provider]
    body = given.body
    data = body.get("data") if isinstance(body, dict) else None
    first = data[0] if isinstance(data, list) and data else data or body or {}
    task_id = first.get("id") or first.get("task_id") or first.get("request_id") or "t"
    fields: dict[str, Any] = {
        "video_id": "vid_01hexample",
        "model": catalog.models()[model],
        "prompt": "x",
        "duration_seconds": 5,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "has_image": "image" in given.about["endpoint"] or provider == "higgsfield",
        "task_id": task_id,
    }
    return Job(**{**fields, **changes})


def submission(given: Sample) -> Submission:
    """Return a request to the sample's endpoint."""
    path = given.about["endpoint"]
    image = {"image_url": "https://x/1.png"} if "image" in path and given.about["vendor"] == "higgsfield" else {}
    return Submission(video_id="vid_01hexample", path=path, body={"prompt": "x", **image})


def adapter(given: Sample) -> Any:
    return registry.adapter(given.about["vendor"])
