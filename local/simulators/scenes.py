"""What a video shows: the picture that came with the request, or one painted from words."""

import io
from collections.abc import Callable, Collection

from PIL import Image, ImageOps, UnidentifiedImageError

from local.simulators.paintings import painting
from local.simulators.studio import Scene

ASPECT_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


class UnreadableImage(ValueError):
    pass


def from_words(words: str, *, aspect_ratio: str, short_side: int, seconds: int) -> Scene:
    width, height = _shape(ASPECT_RATIOS[aspect_ratio], short_side)
    return _scene(f"words:{words}", (width, height), seconds, lambda: painting(words, width=width, height=height))


def from_image(image: Image.Image, *, name: str, short_side: int, seconds: int) -> Scene:
    """The video has the image's shape; `name` is the same for the same image alone."""
    return _scene(name, _shape(image.size, short_side), seconds, lambda: image)


def opened(data: bytes, *, formats: Collection[str]) -> Image.Image:
    """The image, upright and read whole. Raises UnreadableImage."""
    try:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data), formats=tuple(formats)))
        upright.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise UnreadableImage(f"{' or '.join(formats)} is needed") from problem
    return upright


def _scene(picture: str, shape: tuple[int, int], seconds: int, draw: Callable[[], Image.Image]) -> Scene:
    return Scene(picture=picture, width=shape[0], height=shape[1], seconds=seconds, draw=draw)


def _shape(ratio: tuple[int, int], short_side: int) -> tuple[int, int]:
    """A frame of this ratio with even sides, as yuv420p needs."""
    scale = short_side / min(ratio)
    return round(ratio[0] * scale / 2) * 2, round(ratio[1] * scale / 2) * 2
