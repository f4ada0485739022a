"""Parse and validate the fields of a create request, for both of Kling's APIs."""

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from PIL import Image

from local.simulators.kling.codes import ApiError
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_MIN_SIDE, _MAX_RATIO = 300, 2.5


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    kind: str  # from the path: image2video, text-to-video, …
    model: str
    external_id: str | None
    seconds: int
    price_usd: Decimal
    body: dict[str, Any]  # as received, with a hash instead of an image
    scene: Scene


def external_id(value: object) -> str | None:
    """Return the caller's id. An empty string means no id, as in the vendor's samples."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ApiError(1201, "external_task_id is invalid")
    return value


def text(value: object, *, name: str, limit: int, required: bool) -> str:
    if value in (None, "") and not required:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise ApiError(1200, f"{name} can not be empty")
    if len(value) > limit:
        raise ApiError(1201, f"{name} is too long: at most {limit} characters")
    return value


def choice(value: object, *, name: str, among: tuple[Any, ...]) -> Any:  # one of `among`
    if value not in among:
        raise ApiError(1201, f"{name} value {value!r} is invalid")
    return value


def scene_from_image(
    value: object, *, prompt: str, max_bytes: int, short_side: int, seconds: int
) -> tuple[Scene, dict[str, Any]]:
    """Return the scene, and a record of the image. The video gets the image's shape. A URL is never downloaded."""
    if not isinstance(value, str) or not value:
        raise ApiError(1200, "image can not be empty")
    if value.startswith(("https://", "http://")):
        return scenes.from_url(value, prompt=prompt, short_side=short_side, seconds=seconds), {"url": value}
    data = _decode(value, max_bytes=max_bytes)
    image = _open_image(data)
    digest = sha256(data).hexdigest()
    scene = scenes.from_image(image, name=digest, prompt=prompt, short_side=short_side, seconds=seconds)
    return scene, {"sha256": digest, "size_bytes": len(data), "width": image.width, "height": image.height}


def _decode(value: str, *, max_bytes: int) -> bytes:
    try:
        data = base64.b64decode(value, validate=True)  # so a `data:` prefix is rejected
    except binascii.Error:
        raise ApiError(1201, "image is not valid base64") from None
    if len(data) > max_bytes:
        raise ApiError(1201, f"image is too large: at most {max_bytes // 1_000_000} MB")
    return data


def _open_image(data: bytes) -> Image.Image:
    try:
        image = scenes.open_image(data, formats=("JPEG", "PNG"))
    except scenes.UnreadableImage:
        raise ApiError(1201, "image can not be read: jpg or png is needed") from None
    short, long = sorted(image.size)
    if short < _MIN_SIDE:
        raise ApiError(1201, f"image is too small: each side needs {_MIN_SIDE} px")
    if long / short > _MAX_RATIO:
        raise ApiError(1201, "image ratio is out of 1:2.5 to 2.5:1")
    return image
