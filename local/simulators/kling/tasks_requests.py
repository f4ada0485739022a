"""Parse create requests of Kling's newer tasks API: the model in the path, and a list of contents."""

from typing import Any

from local.simulators.kling import fields
from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import Fields
from local.simulators.kling.models import Row
from local.simulators.kling.pictures import picture
from local.simulators.kling.wanted import Picture, Wanted

_SOUNDS = ("native", "off", "original")
# The fields of each type of content, by flow. The types in `_MANY` may come more than once.
_Types = dict[str, tuple[str, ...]]
_FRAMES: _Types = {"first_frame": ("url",), "last_frame": ("url",)}
_PROMPT: _Types = {"prompt": ("text",)}
_ELEMENT: _Types = {"element": ("element_id", "id")}
_VOICE: _Types = {"voice": ("voice_id", "id")}
_VIDEOS: _Types = {"feature_video": ("url", "id"), "base_video": ("url", "id")}
_CONTENTS: dict[str, _Types] = {
    "image": _PROMPT | _FRAMES | _ELEMENT | _VOICE,
    "omni": _PROMPT | _FRAMES | _ELEMENT | _VOICE | _VIDEOS | {"refer_image": ("url", "id"), "middle_frame": ("url",)},
    "motion": _PROMPT | _ELEMENT | {"image": ("url",), "video": ("url",)},
}
_MANY = ("element", "voice", "refer_image", "middle_frame")
_REFERENCES = ("refer_image", "middle_frame")
Contents = dict[str, list[Fields]]


def parse(body: dict[str, Any], row: Row) -> tuple[Wanted, list[str]]:
    """Return what the request asks for, and the names of its unknown fields. Raises ApiError."""
    request = Fields(body)
    settings, options = request.child("settings"), request.child("options")
    contents = _contents(request, row)
    wanted = Wanted(
        prompt=request.get("prompt") if row.flow == "text" else _only(contents, "prompt", "text"),
        resolution=settings.choice("resolution", ("720p", "1080p", "4k")),
        duration=_duration(settings.get("duration")),
        aspect_ratio=settings.get("aspect_ratio"),
        sound=settings.choice("audio", _SOUNDS),
        multi_shot=settings.choice("multi_shot", (True, False)),
        first_frame=_image(contents, "image" if row.flow == "motion" else "first_frame", row),
        last_frame=_image(contents, "last_frame", row),
        references=tuple(_picture(item, type, row) for type in _REFERENCES for item in contents.get(type, [])),
        elements=_count(contents, "element", "element_id"),
        voices=_count(contents, "voice", "voice_id"),
        base_video=_video(contents, "base_video"),
        feature_video=_video(contents, "feature_video"),
        motion_video=_video(contents, "video"),
        external_id=fields.external_id(options.get("external_task_id")),
        callback_url=fields.callback_url(options.get("callback_url")),
        watermark=fields.watermark(options),
    )
    _check_required(wanted, row)
    if row.flow == "motion":
        check_orientation(settings)
    return wanted, request.unknown()


def recorded(body: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the body with a record of each image instead of its data."""
    contents = body.get("contents")
    if not isinstance(contents, list) or (wanted.first_frame is None and not wanted.references):
        return body
    frames = {"first_frame": wanted.first_frame, "image": wanted.first_frame, "last_frame": wanted.last_frame}
    references = [item for type in _REFERENCES for item in contents if item["type"] == type]
    by_item = {id(item): it for item, it in zip(references, wanted.references, strict=True)}
    return {
        **body,
        "contents": [_without_image(item, by_item.get(id(item)) or frames.get(item["type"])) for item in contents],
    }


def check_orientation(request: Fields) -> None:
    """Check `character_orientation`, which a motion video needs."""
    if request.choice("character_orientation", ("image", "video")) is None:
        raise ApiError(1200, "character_orientation can not be empty")


def _contents(request: Fields, row: Row) -> Contents:
    if row.flow == "text":
        return {}
    items = request.objects("contents")
    if not items:
        raise ApiError(1200, "contents can not be empty")
    contents: Contents = {}
    for item in items:
        type = item.choice("type", tuple(_CONTENTS[row.flow]))
        if type is None:
            raise ApiError(1201, "contents.type is invalid")
        for name in _CONTENTS[row.flow][type]:
            item.get(name)
        contents.setdefault(type, []).append(item)
        if len(contents[type]) > 1 and type not in _MANY:
            raise ApiError(1201, f"contents has more than one {type}")
    return contents


def _check_required(wanted: Wanted, row: Row) -> None:
    if row.flow in ("image", "motion") and wanted.first_frame is None and wanted.last_frame is None:
        raise ApiError(1200, "image can not be empty")
    if row.flow == "motion" and wanted.motion_video is None:
        raise ApiError(1200, "video can not be empty")


def _duration(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ApiError(1201, f"duration value {fields.short(value)} is invalid")
    return value


def _only(contents: Contents, type: str, name: str) -> object:
    return contents[type][0].get(name) if type in contents else None


def _image(contents: Contents, type: str, row: Row) -> Picture | None:
    return _picture(contents[type][0], type, row) if type in contents else None


def _picture(item: Fields, type: str, row: Row) -> Picture:
    return picture(item.get("url"), name=type, max_bytes=row.max_image_bytes)


def _video(contents: Contents, type: str) -> str | None:
    return fields.link(contents[type][0].get("url"), name=type) if type in contents else None


def _count(contents: Contents, type: str, name: str) -> int:
    """Return how many contents have this type. Each one needs its id, a string or a whole number."""
    for item in contents.get(type, []):
        id = item.get(name)
        if isinstance(id, bool) or not isinstance(id, str | int) or id == "":
            raise ApiError(1201, f"{name} is invalid")
    return len(contents.get(type, []))


def _without_image(item: dict[str, Any], image: Picture | None) -> dict[str, Any]:
    if image is None:
        return item
    return {**{key: value for key, value in item.items() if key != "url"}, "image": image.about}
