"""Parse create requests of Kling's legacy API: the model in the body, and numbers as strings."""

import re
from typing import Any

from local.simulators.kling import fields, shots
from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import Fields
from local.simulators.kling.models import MODES, Row
from local.simulators.kling.pictures import picture
from local.simulators.kling.tasks_requests import check_orientation
from local.simulators.kling.wanted import NumberedShot, Picture, Wanted

_DEFAULT_MODELS = {"omni-video": "kling-video-o1", "motion-control": "kling-v2-6"}
_OLDEST = "kling-v1"  # the default of the other paths, and the only model that had camera control and masks
_SOUNDS = {"on": "native", "off": "off", None: None}
_KEEP_SOUND = {"yes": "original", "no": "off", None: None}


def model_name(kind: str, body: dict[str, Any]) -> str:
    """Return the model, or the vendor's default of the path, which is retired for text2video and image2video."""
    name = body.get("model_name")
    if name is not None and not isinstance(name, str):
        raise ApiError(1201, "model_name is invalid")
    return name or _DEFAULT_MODELS.get(kind, _OLDEST)


def parse(body: dict[str, Any], row: Row) -> tuple[Wanted, list[str]]:
    """Return what the request asks for, and the names of its unknown fields. Raises ApiError."""
    request = Fields(body)
    request.get("model_name")
    _refuse_old_options(request, row)
    common: dict[str, Any] = {
        "prompt": request.get("prompt"),
        "resolution": MODES.get(request.choice("mode", tuple(MODES))),
        "external_id": fields.external_id(request.get("external_task_id")),
        "callback_url": fields.callback_url(request.get("callback_url")),
        "watermark": fields.watermark(request),
    }
    if row.flow == "motion":
        common |= _motion(request, row)
    else:
        common |= _video(request, row)
        common |= _omni_inputs(request, row) if row.flow == "omni" else _inputs(request, row)
    wanted = Wanted(**common)
    if row.flow == "image" and wanted.first_frame is None and wanted.last_frame is None:
        raise ApiError(1200, "image can not be empty")
    return wanted, request.unknown()


def recorded(body: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the body with a record of each image instead of its data."""
    about: dict[str, Any] = {
        name: value.about
        for name, value in (("image", wanted.first_frame), ("image_tail", wanted.last_frame))
        if isinstance(value, Picture) and name in body
    }
    items = body.get("image_list")
    if items:
        pictures = [it.about for it in (wanted.first_frame, wanted.last_frame, *wanted.references) if it is not None]
        about["image_list"] = pictures
    return {**body, **about}


def _video(request: Fields, row: Row) -> dict[str, Any]:
    """Return the settings of a video, except of motion control."""
    multi_shot = request.choice("multi_shot", (True, False))
    shot_type = request.choice("shot_type", ("customize", "intelligence"))
    items = request.objects("multi_prompt")
    customized: tuple[NumberedShot, ...] | None = None
    if multi_shot and row.multi_shot_default is not None:
        if shot_type is None:
            raise ApiError(1201, "shot_type is required with multi_shot")
        customized = shots.of_list(items) if shot_type == "customize" else None
    return {
        "negative_prompt": request.get("negative_prompt"),
        "duration": _duration(request.get("duration")),
        "aspect_ratio": request.get("aspect_ratio"),
        "sound": _SOUNDS[request.choice("sound", ("on", "off"))],
        "multi_shot": multi_shot,
        "shots": customized,
        "cfg_scale": request.get("cfg_scale"),
        "elements": _count(request, "element_list", "element_id"),
        "voices": _count(request, "voice_list", "voice_id"),
    }


def _inputs(request: Fields, row: Row) -> dict[str, Any]:
    if row.flow == "text":
        return {}
    return {
        "first_frame": _picture(request.get("image"), "image", row),
        "last_frame": _picture(request.get("image_tail"), "image_tail", row),
    }


def _omni_inputs(request: Fields, row: Row) -> dict[str, Any]:
    by_type: dict[str | None, list[Picture]] = {"first_frame": [], "end_frame": [], None: []}
    for item in request.objects("image_list"):
        type = item.choice("type", ("first_frame", "end_frame"))
        by_type[type].append(picture(item.get("image_url"), name="image_url", max_bytes=row.max_image_bytes))
    if len(by_type["first_frame"]) > 1 or len(by_type["end_frame"]) > 1:
        raise ApiError(1201, "image_list has more than one first or end frame")
    return {
        "first_frame": next(iter(by_type["first_frame"]), None),
        "last_frame": next(iter(by_type["end_frame"]), None),
        "references": tuple(by_type[None]),
        **_videos(request),
    }


def _videos(request: Fields) -> dict[str, Any]:
    videos = request.objects("video_list")
    if len(videos) > 1:
        raise ApiError(1201, "only one video is supported")
    found = {}
    for video in videos:
        type = video.choice("refer_type", ("base", "feature")) or "base"
        video.choice("keep_original_sound", ("yes", "no"))
        found[f"{type}_video"] = fields.link(video.get("video_url"), name="video_url")
    return found


def _motion(request: Fields, row: Row) -> dict[str, Any]:
    check_orientation(request)
    return {
        "first_frame": picture(request.get("image_url"), name="image_url", max_bytes=row.max_image_bytes),
        "motion_video": fields.link(request.get("video_url"), name="video_url"),
        "sound": _KEEP_SOUND[request.choice("keep_original_sound", ("yes", "no"))],
    }


def _refuse_old_options(request: Fields, row: Row) -> None:
    if request.get("camera_control") is not None and row.model != _OLDEST:
        raise ApiError(1201, "camera_control is only supported in std mode with 5s duration and kling-v1")
    for name in ("static_mask", "dynamic_masks"):
        if request.get(name) and row.model not in (_OLDEST, "kling-v1-5"):
            raise ApiError(1201, f"{name} is only supported with {_OLDEST} and kling-v1-5")


def _duration(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,3}", value):
        raise ApiError(1201, f"duration value {fields.short(value)} is invalid")
    return int(value)


def _picture(value: object, name: str, row: Row) -> Picture | None:
    return None if value in (None, "") else picture(value, name=name, max_bytes=row.max_image_bytes)


def _count(request: Fields, name: str, id_name: str) -> int:
    """Return the length of the list. Each item needs its id, a string or a whole number."""
    items = request.objects(name)
    for item in items:
        id = item.get(id_name)
        if isinstance(id, bool) or not isinstance(id, str | int) or id == "":
            raise ApiError(1201, f"{name}.{id_name} is invalid")
    return len(items)
