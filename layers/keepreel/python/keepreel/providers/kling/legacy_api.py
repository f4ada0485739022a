"""Kling's legacy API standard, `/v1/videos/…`, the only one that takes a negative prompt and pairs of keys."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from keepreel.models.options import Shot
from keepreel.providers import option_values
from keepreel.providers.base import Job, Submission
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.kling import billing
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.kling.task import Task

_MODES = {"720p": "std", "1080p": "pro", "4k": "4k"}
_UNKNOWN_ID_CODES = (1201, 1203)


def prepare(job: Job) -> Submission:
    body: dict[str, Any] = {
        "model_name": job.model.provider_model,  # always sent: Kling's default model is switched off
        **job.model.fixed,
        **_prompt(job),
        "mode": _MODES[job.resolution],
        "duration": str(job.duration_seconds),
        "external_task_id": job.video_id,
        "watermark_info": {"enabled": bool(option_values.value(job, "watermark"))},
        **_options(job),
    }
    if job.callback_url:
        body["callback_url"] = job.callback_url
    if job.image is None:
        body["aspect_ratio"] = job.aspect_ratio
    else:  # no aspect ratio, because the video takes the image's
        body["image"] = _url_or_base64(job.image)
    if job.end_image is not None:
        body["image_tail"] = _url_or_base64(job.end_image)
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
    videos = sequence(mapping(data.get("task_result")).get("videos"))
    return [
        Task(
            id=task_id,
            video_id=text(mapping(data.get("task_info")).get("external_task_id")),
            status=text(data.get("task_status")),
            reason=text(data.get("task_status_msg")) or "",  # the envelope's `message` is about the request only
            video_url=first_link(videos),
            watermarked_url=first_link(videos, field="watermark_url"),
            bill=billing.of_deductions(data),
        )
    ]


def _path(job: Job) -> str:
    return "/v1/videos/image2video" if job.has_image else "/v1/videos/text2video"


def _prompt(job: Job) -> dict[str, Any]:
    """Return the prompt or the shots. With customized shots, Kling ignores a prompt."""
    if not job.options.shots:
        multi_shot = {"multi_shot": False} if "shots" in job.model.options else {}
        return {"prompt": job.prompt, **multi_shot}
    shots = [_shot(number, shot) for number, shot in enumerate(job.options.shots, start=1)]
    return {"multi_shot": True, "shot_type": "customize", "multi_prompt": shots}


def _shot(number: int, shot: Shot) -> dict[str, Any]:
    return {"index": number, "prompt": shot.prompt, "duration": str(shot.duration_seconds)}


def _options(job: Job) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if option_values.has_field(job.model, "sound"):
        options["sound"] = "on" if option_values.value(job, "sound") else "off"
    if (cfg_scale := option_values.value(job, "cfg_scale")) is not None:
        options["cfg_scale"] = cfg_scale
    if job.negative_prompt:
        options["negative_prompt"] = job.negative_prompt
    return options


def _url_or_base64(image: bytes | str) -> str:
    """Return an image as Kling takes it: a URL, or Base64 without a `data:` prefix."""
    return b64encode(image).decode() if isinstance(image, bytes) else image
