"""Kling's legacy API: paths under /v1/videos/, the model in the body, status `succeed`, numbers as strings."""

from collections.abc import Mapping
from typing import Any

from local.simulators.core.settings import Settings
from local.simulators.kling import requests
from local.simulators.kling.codes import ApiError
from local.simulators.kling.models import LEGACY, RESOLUTIONS, SHORT_SIDES, model
from local.simulators.kling.requests import VideoRequest
from local.simulators.kling.tasks import Snapshot
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

KINDS = ("image2video", "text2video")
_MAX_IMAGE_BYTES = 10_000_000
_STATUS_NAMES = {"succeeded": "succeed"}


def parse(kind: str, body: dict[str, Any], settings: Settings) -> VideoRequest:
    """Check a request body. Unknown fields are ignored, and so is `aspect_ratio` for a video from an image."""
    # The vendor's default model is discontinued, so a request without a model is rejected.
    name = str(body.get("model_name") or "kling-v1")
    row = model(LEGACY, name, kind=kind, unavailable=settings.unavailable_models)
    prompt = requests.text(body.get("prompt"), name="prompt", limit=row.prompt_limit, required=kind == "text2video")
    requests.text(body.get("negative_prompt"), name="negative_prompt", limit=2500, required=False)
    mode = requests.choice(body.get("mode", "std"), name="mode", among=_modes(row.resolutions))
    seconds = int(requests.choice(body.get("duration", "5"), name="duration", among=tuple(map(str, row.durations))))
    short_side = settings.video_short_side or SHORT_SIDES[RESOLUTIONS[mode]]
    if kind == "text2video":
        scene, recorded = _scene_from_text(body, prompt, short_side=short_side, seconds=seconds), body
    else:
        scene, recorded = _scene_from_image(body, prompt, short_side=short_side, seconds=seconds)
    return VideoRequest(
        kind=kind,
        model=name,
        external_id=requests.external_id(body.get("external_task_id")),
        seconds=seconds,
        price_usd=row.price_usd(resolution=RESOLUTIONS[mode], seconds=seconds),
        body=recorded,
        scene=scene,
    )


def _scene_from_text(body: dict[str, Any], prompt: str, *, short_side: int, seconds: int) -> Scene:
    ratio = requests.choice(body.get("aspect_ratio", "16:9"), name="aspect_ratio", among=tuple(scenes.ASPECT_RATIOS))
    return scenes.from_text(prompt, aspect_ratio=ratio, short_side=short_side, seconds=seconds)


def _scene_from_image(
    body: dict[str, Any], prompt: str, *, short_side: int, seconds: int
) -> tuple[Scene, dict[str, Any]]:
    """Return the scene, and the body with a record of the image instead of its data."""
    scene, about = requests.scene_from_image(
        body.get("image") or body.get("image_tail"),
        prompt=prompt,
        max_bytes=_MAX_IMAGE_BYTES,
        short_side=short_side,
        seconds=seconds,
    )
    return scene, {**{key: value for key, value in body.items() if key != "image_tail"}, "image": about}


def created(task: Snapshot) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "task_status": _STATUS_NAMES.get(task.status, task.status),
        "task_info": {"external_task_id": task.external_id} if task.external_id else {},
        "created_at": task.created_ms,
        "updated_at": task.updated_ms,
    }


def view(task: Snapshot) -> dict[str, Any]:
    result = {
        **created(task),
        "task_status_msg": task.message,
        "final_unit_deduction": "0",
        "final_balance_deduction": {"quota": task.cost_usd, "list_price": task.cost_usd},
        "watermark_info": {"enabled": False},
    }
    if task.link:
        result["task_result"] = {"videos": [{"id": task.video_id, "url": task.link, "duration": f"{task.seconds}.0"}]}
    return result


def page(query: Mapping[str, str], tasks: list[Snapshot]) -> list[dict[str, Any]]:
    """Return a plain array, without a total or a next-page flag."""
    number = _count(query.get("pageNum", "1"), name="pageNum", maximum=1000)
    size = _count(query.get("pageSize", "30"), name="pageSize", maximum=500)
    return [view(task) for task in tasks[(number - 1) * size : number * size]]


def _count(value: str, *, name: str, maximum: int) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= maximum:
        raise ApiError(1201, f"{name} is invalid")
    return int(value)


def _modes(resolutions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mode for mode, resolution in RESOLUTIONS.items() if resolution in resolutions)
