"""What a create request asks for, in either standard, once Kling's checks have passed."""

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from PIL import Image

from local.simulators.kling.codes import Refusal
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_SMALLEST_SIDE, _LONGEST_RATIO = 300, 2.5


@dataclass(frozen=True, kw_only=True)
class Order:
    kind: str  # the word in the path: image2video, text-to-video, …
    model: str
    external_id: str | None
    seconds: int
    price_usd: Decimal
    body: dict[str, Any]  # as it came, but a hash in place of an image
    scene: Scene


def external_id(value: object) -> str | None:
    """The caller's own id; an empty one is none, as in the vendor's samples."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise Refusal(1201, "external_task_id is invalid")
    return value


def text(value: object, *, name: str, limit: int, required: bool) -> str:
    if value in (None, "") and not required:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise Refusal(1200, f"{name} can not be empty")
    if len(value) > limit:
        raise Refusal(1201, f"{name} is too long: at most {limit} characters")
    return value


def choice(value: object, *, name: str, among: tuple[Any, ...]) -> Any:  # one of `among`
    if value not in among:
        raise Refusal(1201, f"{name} value {value!r} is invalid")
    return value


def scene_from_image(
    value: object, *, prompt: str, largest_bytes: int, short_side: int, seconds: int
) -> tuple[Scene, dict[str, Any]]:
    """The scene, and what to remember of the image. Its shape is the video's; an address is never fetched."""
    if not isinstance(value, str) or not value:
        raise Refusal(1200, "image can not be empty")
    if value.startswith(("https://", "http://")):
        return scenes.from_address(value, prompt=prompt, short_side=short_side, seconds=seconds), {"url": value}
    data = _decoded(value, largest_bytes=largest_bytes)
    image = _opened(data)
    digest = sha256(data).hexdigest()
    scene = scenes.from_image(image, name=digest, prompt=prompt, short_side=short_side, seconds=seconds)
    return scene, {"sha256": digest, "size_bytes": len(data), "width": image.width, "height": image.height}


def _decoded(value: str, *, largest_bytes: int) -> bytes:
    try:
        data = base64.b64decode(value, validate=True)  # so a `data:` prefix is refused
    except binascii.Error:
        raise Refusal(1201, "image is not valid base64") from None
    if len(data) > largest_bytes:
        raise Refusal(1201, f"image is too large: at most {largest_bytes // 1_000_000} MB")
    return data


def _opened(data: bytes) -> Image.Image:
    try:
        image = scenes.opened(data, formats=("JPEG", "PNG"))
    except scenes.UnreadableImage:
        raise Refusal(1201, "image can not be read: jpg or png is needed") from None
    short, long = sorted(image.size)
    if short < _SMALLEST_SIDE:
        raise Refusal(1201, f"image is too small: each side needs {_SMALLEST_SIDE} px")
    if long / short > _LONGEST_RATIO:
        raise Refusal(1201, "image ratio is out of 1:2.5 to 2.5:1")
    return image
