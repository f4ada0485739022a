"""Kling's newer tasks API: the model in the path, a list of contents, status `succeeded`, billing in the result."""

from typing import Any, TypedDict

from local.simulators.core.settings import Settings
from local.simulators.kling import requests
from local.simulators.kling.codes import ApiError
from local.simulators.kling.models import SHORT_SIDES, TASKS_API, Model, model
from local.simulators.kling.requests import VideoRequest
from local.simulators.kling.tasks import Snapshot
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

KINDS = ("image-to-video", "text-to-video")
_MAX_IMAGE_BYTES = 50_000_000


class _Size(TypedDict):
    short_side: int
    seconds: int


def parse(kind: str, name: str, body: dict[str, Any], settings: Settings) -> VideoRequest:
    row = model(TASKS_API, name, kind=kind, unavailable=settings.unavailable_models)
    wanted, options = _object(body, "settings"), _object(body, "options")
    resolution = requests.choice(wanted.get("resolution", "720p"), name="resolution", among=row.resolutions)
    seconds = requests.choice(wanted.get("duration", 5), name="duration", among=row.durations)
    size = _Size(short_side=settings.video_short_side or SHORT_SIDES[resolution], seconds=seconds)
    if kind == "text-to-video":
        scene, recorded = _scene_from_text(body, wanted, row=row, size=size), body
    else:
        scene, recorded = _scene_from_image(body, row=row, size=size)
    return VideoRequest(
        kind=kind,
        model=name,
        external_id=requests.external_id(options.get("external_task_id")),
        seconds=seconds,
        price_usd=row.price_usd(resolution=resolution, seconds=seconds),
        body=recorded,
        scene=scene,
    )


def _scene_from_text(body: dict[str, Any], wanted: dict[str, Any], *, row: Model, size: _Size) -> Scene:
    prompt = requests.text(body.get("prompt"), name="prompt", limit=row.prompt_limit, required=True)
    ratio = requests.choice(wanted.get("aspect_ratio", "16:9"), name="aspect_ratio", among=tuple(scenes.ASPECT_RATIOS))
    return scenes.from_text(prompt, aspect_ratio=ratio, **size)


def _scene_from_image(body: dict[str, Any], *, row: Model, size: _Size) -> tuple[Scene, dict[str, Any]]:
    """Return the scene, and the body with a record of the image instead of its data."""
    contents = _contents(body)
    prompt = requests.text(contents.get("prompt", {}).get("text"), name="prompt", limit=row.prompt_limit, required=True)
    image = contents.get("first_frame", {}).get("url")
    scene, about = requests.scene_from_image(image, prompt=prompt, max_bytes=_MAX_IMAGE_BYTES, **size)
    return scene, {**body, "contents": [contents["prompt"], {"type": "first_frame", "image": about}]}


def created(task: Snapshot) -> dict[str, Any]:
    return {
        "id": task.id,
        "status": task.status,
        "create_time": task.created_ms,
        "update_time": task.updated_ms,
        "external_id": task.external_id or "",
    }


def view(task: Snapshot) -> dict[str, Any]:
    output = {"type": "video", "id": task.video_id, "url": task.link, "duration": f"{task.seconds}.0"}
    bill = {
        "charge_type": "cash",
        "cash_type": "balance",
        "amount": task.cost_usd,
        "currency": "USD",
        "list_price": task.cost_usd,
    }
    is_finished = bool(task.link)
    return {
        **created(task),
        "message": task.message,
        "outputs": [output] if is_finished else [],
        "billing": [bill] if is_finished else [],
    }


def page(body: dict[str, Any], tasks: list[Snapshot]) -> dict[str, Any]:
    """Return one page of the tasks that match the filters, with a cursor for the next page."""
    limit = requests.choice(body.get("limit", 100), name="limit", among=tuple(range(1, 501)))
    start = int(body.get("cursor") or 0)
    wanted = {item["key"]: item["values"] for item in body.get("filters", [])}.get("status")
    matching = [task for task in tasks if wanted is None or task.status in wanted]
    rest = matching[start:]
    has_more = len(rest) > limit
    return {
        "result": [view(task) for task in rest[:limit]],
        "count": len(rest[:limit]),
        "next_cursor": str(start + limit) if has_more else "",
        "has_more": has_more,
    }


def _contents(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    contents = body.get("contents")
    if not isinstance(contents, list) or not all(isinstance(item, dict) for item in contents):
        raise ApiError(1200, "contents can not be empty")
    return {str(item.get("type")): item for item in contents}


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise ApiError(1201, f"{name} is invalid")
    return value
