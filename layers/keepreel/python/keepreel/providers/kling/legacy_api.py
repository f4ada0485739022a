"""Kling's legacy API standard, `/v1/videos/…`, the only one that serves the older models."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlsplit

from keepreel.providers import registry
from keepreel.providers.base import Job, Submission
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.kling.task import Task, amount

_MODES = {"720p": "std", "1080p": "pro"}
_UNKNOWN_ID_CODES = (1201, 1203)
_CHINA_HOST = "api-beijing.klingai.com"


def prepare(job: Job) -> Submission:
    body: dict[str, Any] = {
        "model_name": job.model.provider_model,  # always sent: Kling's default model is switched off
        "prompt": job.prompt,
        "mode": _MODES[job.resolution],
        "duration": str(job.duration_seconds),
        "external_task_id": job.video_id,
    }
    if job.negative_prompt:
        body["negative_prompt"] = job.negative_prompt
    if job.image is not None:
        # Base64 without a `data:` prefix. No aspect ratio, because the video takes the image's.
        body["image"] = b64encode(job.image).decode() if isinstance(job.image, bytes) else job.image
    else:
        body["aspect_ratio"] = job.aspect_ratio
    return Submission(video_id=job.video_id, path=_path(job), body=body)


def path_by_video_id(job: Job) -> str:
    return f"{_path(job)}/{quote(job.video_id, safe='')}"


def path_by_task_id(job: Job) -> str:
    return f"{_path(job)}/{quote(job.task_id or '', safe='')}"


def tasks(response: KlingResponse) -> list[Task] | None:
    if response.code in _UNKNOWN_ID_CODES and 400 <= response.http_status < 500:
        return []
    data = mapping(response.data)
    task_id = text(data.get("task_id"))
    if not response.is_accepted or task_id is None:
        return None
    return [
        Task(
            id=task_id,
            video_id=text(mapping(data.get("task_info")).get("external_task_id")),
            status=text(data.get("task_status")),
            reason=text(data.get("task_status_msg")) or "",  # the envelope's `message` is about the request only
            video_url=first_link(sequence(mapping(data.get("task_result")).get("videos"))),
            cost_usd=_cost_usd(data),
        )
    ]


def _path(job: Job) -> str:
    return "/v1/videos/image2video" if job.has_image else "/v1/videos/text2video"


def _cost_usd(data: dict[str, Any]) -> float | None:
    """Return what the balance paid. The amount has no currency: the host for China bills in yuan, others in USD."""
    if urlsplit(registry.info("kling").base_url()).hostname == _CHINA_HOST:
        return None
    return amount(mapping(data.get("final_balance_deduction")).get("quota"))
