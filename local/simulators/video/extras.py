"""A quiet tone as an AAC track, and a mark in the picture: the two extras of a simulated video."""

import math
from array import array
from collections.abc import Iterator
from fractions import Fraction

from av.audio.frame import AudioFrame
from PIL import Image, ImageDraw

SAMPLE_RATE = 48_000
_SAMPLES_PER_FRAME = 1024
_HERTZ, _VOLUME = 220, 0.05


def audio_frames(*, seconds: float) -> Iterator[AudioFrame]:
    """Return frames of a mono tone as long as `seconds`."""
    total = round(seconds * SAMPLE_RATE)
    for start in range(0, total, _SAMPLES_PER_FRAME):
        samples = min(_SAMPLES_PER_FRAME, total - start)
        frame = AudioFrame(format="fltp", layout="mono", samples=samples)
        frame.planes[0].update(_tone(start, samples, size=frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        yield frame


def with_mark(picture: Image.Image, text: str) -> Image.Image:
    """Return the picture with the text on a dark bar in its middle, where no camera move cuts it off."""
    marked = picture.convert("RGB")
    draw = ImageDraw.Draw(marked)
    height = max(8, marked.height // 12)
    top = (marked.height - height) // 2
    draw.rectangle((0, top, marked.width, top + height), fill=(0, 0, 0))
    draw.text((marked.width / 2, top + height / 2), text, fill=(255, 255, 255), anchor="mm", font_size=height * 0.7)
    return marked


def _tone(start: int, samples: int, *, size: int) -> bytes:
    step = 2 * math.pi * _HERTZ / SAMPLE_RATE
    wave = array("f", (_VOLUME * math.sin(step * (start + index)) for index in range(samples)))
    return wave.tobytes().ljust(size, b"\0")
