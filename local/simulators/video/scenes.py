"""What a video shows: the picture that came with the request, or one painted from words."""

import io
from collections.abc import Callable, Collection
from functools import partial

from PIL import Image, ImageOps, UnidentifiedImageError

from local.simulators.video.encode import move_for
from local.simulators.video.encoder_pool import Scene
from local.simulators.video.gradients import painting

ASPECT_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


class UnreadableImage(ValueError):
    pass


def from_words(words: str, *, aspect_ratio: str, short_side: int, seconds: int) -> Scene:
    """The words decide what is painted, and how the camera moves over it."""
    return _painted(words, words, shape=_shape(ASPECT_RATIOS[aspect_ratio], short_side), seconds=seconds)


def from_address(url: str, *, prompt: str, short_side: int, seconds: int) -> Scene:
    """An image elsewhere is painted from its address, never fetched."""
    return _painted(url, prompt, shape=_shape((1, 1), short_side), seconds=seconds)


def from_image(image: Image.Image, *, name: str, prompt: str, short_side: int, seconds: int) -> Scene:
    """The video has the image's shape, and the prompt's camera; `name` is the same for the same image alone."""
    return _scene(name, prompt, shape=_shape(image.size, short_side), seconds=seconds, draw=lambda: image)


def opened(data: bytes, *, formats: Collection[str]) -> Image.Image:
    """The image, upright and read whole. Raises UnreadableImage."""
    try:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data), formats=tuple(formats)))
        upright.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise UnreadableImage(f"{' or '.join(formats)} is needed") from problem
    return upright


def _painted(words: str, prompt: str, *, shape: tuple[int, int], seconds: int) -> Scene:
    width, height = shape
    draw = partial(painting, words, width=width, height=height)
    return _scene(f"words:{words}", prompt, shape=shape, seconds=seconds, draw=draw)


def _scene(
    picture: str, prompt: str, *, shape: tuple[int, int], seconds: int, draw: Callable[[], Image.Image]
) -> Scene:
    width, height = shape
    return Scene(picture=picture, move=move_for(prompt), width=width, height=height, seconds=seconds, draw=draw)


def _shape(ratio: tuple[int, int], short_side: int) -> tuple[int, int]:
    """A frame of this ratio with even sides, as yuv420p needs."""
    scale = short_side / min(ratio)
    return round(ratio[0] * scale / 2) * 2, round(ratio[1] * scale / 2) * 2
