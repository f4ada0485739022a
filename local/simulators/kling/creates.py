"""Turn a create request of either API into the video to make."""

from typing import Any

from local.simulators.kling import legacy_requests, models, pictures, rules, tasks_requests
from local.simulators.kling.models import SHORT_SIDES
from local.simulators.kling.settings import KlingSettings
from local.simulators.kling.wanted import VideoRequest

_PARSERS = {"tasks": tasks_requests, "legacy": legacy_requests}


def video_request(
    api: str, kind: str, model: str, body: dict[str, Any], settings: KlingSettings
) -> tuple[VideoRequest, list[str]]:
    """Return the request, and the names of the fields that it sends in vain. Raises ApiError."""
    row = models.find(api, kind, model, settings)
    wanted, unknown = _PARSERS[api].parse(body, row)
    choices = rules.choices(row, wanted)
    short_side = settings.video_short_side or SHORT_SIDES[choices.resolution]
    frame = wanted.first_frame or next(iter(wanted.references), None)
    if choices.aspect_ratio is not None:
        frame = None  # a text with an aspect ratio, with or without reference images
    scene = pictures.scene(frame, choices.prompt or model, choices, short_side=short_side)
    request = VideoRequest(
        api=api,
        kind=kind,
        model=model,
        external_id=wanted.external_id,
        callback_url=wanted.callback_url,
        choices=choices,
        body=_PARSERS[api].recorded(body, wanted),
        scene=scene,
        watermarked=pictures.with_watermark(scene) if wanted.watermark else None,
    )
    return request, unknown + rules.ignored(row, wanted)
