"""Kling's newer standard: the model in the path, one list of contents, `succeeded`, the bill with the result."""

from typing import Any

from local.simulators.core.settings import Settings
from local.simulators.kling import requests as orders
from local.simulators.kling.codes import Refusal
from local.simulators.kling.models import NEWER, SHORT_SIDES, model
from local.simulators.kling.requests import Order
from local.simulators.kling.tasks import Snapshot
from local.simulators.video import scenes

KINDS = ("image-to-video", "text-to-video")
_LARGEST_IMAGE = 50_000_000


def order(kind: str, name: str, body: dict[str, Any], settings: Settings) -> Order:
    row = model(NEWER, name, kind=kind, unavailable=settings.unavailable_models)
    wishes, options = _object(body, "settings"), _object(body, "options")
    resolution = orders.choice(wishes.get("resolution", "720p"), name="resolution", among=row.resolutions)
    seconds = orders.choice(wishes.get("duration", 5), name="duration", among=row.durations)
    short_side = settings.footage_short_side or SHORT_SIDES[resolution]
    if kind == "text-to-video":
        prompt = orders.text(body.get("prompt"), name="prompt", limit=row.prompt_limit, required=True)
        ratio = orders.choice(
            wishes.get("aspect_ratio", "16:9"), name="aspect_ratio", among=tuple(scenes.ASPECT_RATIOS)
        )
        scene, noted = scenes.from_words(prompt, aspect_ratio=ratio, short_side=short_side, seconds=seconds), body
    else:
        contents = _contents(body)
        prompt = orders.text(
            contents.get("prompt", {}).get("text"), name="prompt", limit=row.prompt_limit, required=True
        )
        image = contents.get("first_frame", {}).get("url")
        scene, about = orders.scene_from_image(
            image, prompt=prompt, largest_bytes=_LARGEST_IMAGE, short_side=short_side, seconds=seconds
        )
        noted = {**body, "contents": [contents["prompt"], {"type": "first_frame", "image": about}]}
    return Order(
        kind=kind,
        model=name,
        external_id=orders.external_id(options.get("external_task_id")),
        seconds=seconds,
        price_usd=row.price_usd(resolution=resolution, seconds=seconds),
        body=noted,
        scene=scene,
    )


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
    is_made = bool(task.link)
    return {
        **created(task),
        "message": task.message,
        "outputs": [output] if is_made else [],
        "billing": [bill] if is_made else [],
    }


def page(body: dict[str, Any], tasks: list[Snapshot]) -> dict[str, Any]:
    """One page behind a cursor, of the tasks that the filters let through."""
    limit = orders.choice(body.get("limit", 100), name="limit", among=tuple(range(1, 501)))
    start = int(body.get("cursor") or 0)
    wanted = {item["key"]: item["values"] for item in body.get("filters", [])}.get("status")
    kept = [task for task in tasks if wanted is None or task.status in wanted]
    rest = kept[start:]
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
        raise Refusal(1200, "contents can not be empty")
    return {str(item.get("type")): item for item in contents}


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise Refusal(1201, f"{name} is invalid")
    return value
