"""Pictures for videos that have no source image: a soft gradient of colours drawn from the words."""

import colorsys
from hashlib import sha256

from PIL import Image, ImageFilter

_GRID, _SKETCH = 3, 96  # colours on each side; pixels on each side, in which they flow into each other


def painting(words: str, *, width: int, height: int) -> Image.Image:
    """Always the same picture for the same words."""
    digest = sha256(words.encode()).digest()
    canvas = Image.new("RGB", (_GRID, _GRID))
    canvas.putdata([_colour(digest[0], byte) for byte in digest[1 : 1 + _GRID**2]])
    sketch = canvas.resize((_SKETCH, _SKETCH), Image.Resampling.BICUBIC)
    return sketch.filter(ImageFilter.GaussianBlur(_SKETCH / 8)).resize((width, height), Image.Resampling.BICUBIC)


def _colour(key: int, byte: int) -> tuple[int, int, int]:
    """Neighbouring hues round one key colour go together, whatever the words."""
    hue, lightness = (key + byte % 16 * 4) / 256, 0.3 + byte // 16 / 32
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, 0.65)
    return round(red * 255), round(green * 255), round(blue * 255)
