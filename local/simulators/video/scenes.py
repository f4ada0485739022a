"""Build the scene of a video from the image in the request, or from a gradient where there is none."""

import io
from collections.abc import Callable, Collection
from functools import partial

from PIL import Image, ImageOps, UnidentifiedImageError

from local.simulators.video.encode import move_for
from local.simulators.video.encoder_pool import Scene
from local.simulators.video.gradients import gradient

ASPECT_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


class UnreadableImage(ValueError):
    pass


def from_text(text: str, *, aspect_ratio: str, short_side: int, seconds: float) -> Scene:
    """The text determines the gradient and the camera move. Any aspect ratio "w:h" is possible."""
    return _gradient_scene(text, text, size=_size(_ratio(aspect_ratio), short_side), seconds=seconds)


def from_url(url: str, *, prompt: str, short_side: int, seconds: float) -> Scene:
    """An external image is replaced by a gradient of its URL. It is never downloaded."""
    return _gradient_scene(url, prompt, size=_size((1, 1), short_side), seconds=seconds)


def from_image(image: Image.Image, *, name: str, prompt: str, short_side: int, seconds: float) -> Scene:
    """The image determines the aspect ratio and the prompt the camera move. `name` must identify the image."""
    return _scene(name, prompt, size=_size(image.size, short_side), seconds=seconds, draw=lambda: image)


def open_image(data: bytes, *, formats: Collection[str]) -> Image.Image:
    """Decode the whole image and rotate it upright. Raises UnreadableImage."""
    try:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data), formats=tuple(formats)))
        upright.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise UnreadableImage(f"{' or '.join(formats)} is needed") from problem
    return upright


def _gradient_scene(text: str, prompt: str, *, size: tuple[int, int], seconds: float) -> Scene:
    width, height = size
    draw = partial(gradient, text, width=width, height=height)
    return _scene(f"text:{text}", prompt, size=size, seconds=seconds, draw=draw)


def _scene(
    picture: str, prompt: str, *, size: tuple[int, int], seconds: float, draw: Callable[[], Image.Image]
) -> Scene:
    width, height = size
    return Scene(picture=picture, move=move_for(prompt), width=width, height=height, seconds=seconds, draw=draw)


def _ratio(words: str) -> tuple[int, int]:
    """Return (21, 9) for "21:9"."""
    width, _, height = words.partition(":")
    return int(width), int(height)


def _size(ratio: tuple[int, int], short_side: int) -> tuple[int, int]:
    """Return width and height of a frame. Both are even, as yuv420p requires."""
    scale = short_side / min(ratio)
    return round(ratio[0] * scale / 2) * 2, round(ratio[1] * scale / 2) * 2
