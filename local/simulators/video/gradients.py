"""Images for videos without a source image: a soft color gradient derived from a text."""

import colorsys
from hashlib import sha256

from PIL import Image, ImageFilter

_GRID, _SKETCH = 3, 96  # colors per side; pixels per side of the small image in which they are blended


def gradient(text: str, *, width: int, height: int) -> Image.Image:
    """Return the same image for the same text."""
    digest = sha256(text.encode()).digest()
    canvas = Image.new("RGB", (_GRID, _GRID))
    canvas.putdata([_color(digest[0], byte) for byte in digest[1 : 1 + _GRID**2]])
    sketch = canvas.resize((_SKETCH, _SKETCH), Image.Resampling.BICUBIC)
    return sketch.filter(ImageFilter.GaussianBlur(_SKETCH / 8)).resize((width, height), Image.Resampling.BICUBIC)


def _color(key: int, byte: int) -> tuple[int, int, int]:
    """Return a hue close to the key color, so that the colors match for every text."""
    hue, lightness = (key + byte % 16 * 4) / 256, 0.3 + byte // 16 / 32
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, 0.65)
    return round(red * 255), round(green * 255), round(blue * 255)
