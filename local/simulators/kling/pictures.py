"""Check the images of a create request, and build the scene of its video."""

import base64
import binascii
from dataclasses import replace
from hashlib import sha256

from PIL import Image

from local.simulators.core.callbacks import is_callable
from local.simulators.kling.codes import ApiError
from local.simulators.kling.wanted import Choices, Picture
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_MIN_SIDE, _MAX_RATIO = 300, 2.5


def picture(value: object, *, name: str, max_bytes: int) -> Picture:
    """Check an image. Raises ApiError for a missing, broken, too small, too narrow or too large one."""
    if value is None or value == "":
        raise ApiError(1200, f"{name} can not be empty")
    if not isinstance(value, str):
        raise ApiError(1201, f"{name} is invalid")
    if value.startswith(("https://", "http://")):
        if not is_callable(value):
            raise ApiError(1201, f"{name} is not a valid URL")
        return Picture(name=value, image=None, about={"url": value})
    data = _decode(value, name=name, max_bytes=max_bytes)
    image = _open(data, name=name)
    digest = sha256(data).hexdigest()
    about = {"sha256": digest, "size_bytes": len(data), "width": image.width, "height": image.height}
    return Picture(name=digest, image=image, about=about)


def scene(frame: Picture | None, prompt: str, choices: Choices, *, short_side: int) -> Scene:
    """Return the scene of a video that starts with this image, or with a gradient of the prompt."""
    size = {"short_side": short_side, "seconds": choices.seconds}
    if frame is None:
        scene = scenes.from_text(prompt, aspect_ratio=choices.aspect_ratio or "1:1", **size)
    elif frame.image is None:
        scene = scenes.from_url(frame.name, prompt=prompt, **size)
    else:
        scene = scenes.from_image(frame.image, name=frame.name, prompt=prompt, **size)
    return replace(scene, has_sound=choices.sound != "off")


def with_watermark(scene: Scene) -> Scene:
    return replace(scene, watermark="KLING SIMULATOR")


def _decode(value: str, *, name: str, max_bytes: int) -> bytes:
    try:
        data = base64.b64decode(value, validate=True)  # so a `data:` prefix is rejected
    except (binascii.Error, ValueError):
        raise ApiError(1201, f"{name} is not valid base64") from None
    if len(data) > max_bytes:
        raise ApiError(1201, f"{name} is too large: at most {max_bytes // 1_000_000} MB")
    return data


def _open(data: bytes, *, name: str) -> Image.Image:
    try:
        image = scenes.open_image(data, formats=("JPEG", "PNG"))
    except scenes.UnreadableImage:
        raise ApiError(1201, f"{name} can not be read: jpg or png is needed") from None
    short, long = sorted(image.size)
    if short < _MIN_SIDE:
        raise ApiError(1201, f"{name} is too small: each side needs {_MIN_SIDE} px")
    if long / short > _MAX_RATIO:
        raise ApiError(1201, f"{name} ratio is out of 1:2.5 to 2.5:1")
    return image
