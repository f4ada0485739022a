"""Kling's legacy standard: /v1/videos/…, the model in the body, `succeed`, numbers as strings."""

from collections.abc import Mapping
from typing import Any

from local.simulators.core.settings import Settings
from local.simulators.kling import requests as orders
from local.simulators.kling.codes import Refusal
from local.simulators.kling.models import LEGACY, RESOLUTIONS, SHORT_SIDES, model
from local.simulators.kling.requests import Order
from local.simulators.kling.tasks import Snapshot
from local.simulators.video import scenes

KINDS = ("image2video", "text2video")
_LARGEST_IMAGE = 10_000_000
_WORDS = {"succeeded": "succeed"}


def order(kind: str, body: dict[str, Any], settings: Settings) -> Order:
    """Fields that the vendor does not know are ignored, as `aspect_ratio` is for a video from an image."""
    # The vendor's own default, which it has since switched off: leaving the model out is refused.
    name = str(body.get("model_name") or "kling-v1")
    row = model(LEGACY, name, kind=kind, unavailable=settings.unavailable_models)
    prompt = orders.text(body.get("prompt"), name="prompt", limit=row.prompt_limit, required=kind == "text2video")
    orders.text(body.get("negative_prompt"), name="negative_prompt", limit=2500, required=False)
    mode = orders.choice(body.get("mode", "std"), name="mode", among=_modes(row.resolutions))
    seconds = int(orders.choice(body.get("duration", "5"), name="duration", among=tuple(map(str, row.durations))))
    short_side = settings.footage_short_side or SHORT_SIDES[RESOLUTIONS[mode]]
    if kind == "text2video":
        ratio = orders.choice(body.get("aspect_ratio", "16:9"), name="aspect_ratio", among=tuple(scenes.ASPECT_RATIOS))
        scene = scenes.from_words(prompt, aspect_ratio=ratio, short_side=short_side, seconds=seconds)
        noted = body
    else:
        image = body.get("image") or body.get("image_tail")
        scene, about = orders.scene_from_image(
            image, prompt=prompt, largest_bytes=_LARGEST_IMAGE, short_side=short_side, seconds=seconds
        )
        noted = {**{key: value for key, value in body.items() if key != "image_tail"}, "image": about}
    return Order(
        kind=kind,
        model=name,
        external_id=orders.external_id(body.get("external_task_id")),
        seconds=seconds,
        price_usd=row.price_usd(resolution=RESOLUTIONS[mode], seconds=seconds),
        body=noted,
        scene=scene,
    )


def created(task: Snapshot) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "task_status": _WORDS.get(task.status, task.status),
        "task_info": {"external_task_id": task.external_id} if task.external_id else {},
        "created_at": task.created_ms,
        "updated_at": task.updated_ms,
    }


def view(task: Snapshot) -> dict[str, Any]:
    answer = {
        **created(task),
        "task_status_msg": task.message,
        "final_unit_deduction": "0",
        "final_balance_deduction": {"quota": task.cost_usd, "list_price": task.cost_usd},
        "watermark_info": {"enabled": False},
    }
    if task.link:
        answer["task_result"] = {"videos": [{"id": task.video_id, "url": task.link, "duration": f"{task.seconds}.0"}]}
    return answer


def page(query: Mapping[str, str], tasks: list[Snapshot]) -> list[dict[str, Any]]:
    """A bare array: neither a total nor whether there is more."""
    number = _count(query.get("pageNum", "1"), name="pageNum", most=1000)
    size = _count(query.get("pageSize", "30"), name="pageSize", most=500)
    return [view(task) for task in tasks[(number - 1) * size : number * size]]


def _count(value: str, *, name: str, most: int) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise Refusal(1201, f"{name} is invalid")
    return int(value)


def _modes(resolutions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mode for mode, resolution in RESOLUTIONS.items() if resolution in resolutions)
