"""Real H.264 MP4s from one picture: a slow push-in, as an image-to-video model would film it."""

import math
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image, ImageOps

FRAMES_PER_SECOND = 24
_PUSH_IN = 1.15  # how much closer the last frame is than the first
_QUICK = {"preset": "ultrafast", "crf": "23"}

# A player expects "TV" levels, 16–235 and 16–240; Pillow's YCbCr uses the full 0–255.
_LUMA = [16 + round(level * 219 / 255) for level in range(256)]
_CHROMA = [128 + round((level - 128) * 224 / 255) for level in range(256)]


def film(
    picture: Image.Image,
    *,
    width: int,
    height: int,
    seconds: int,
    is_canceled: Callable[[], bool] = lambda: False,
) -> bytes:
    """A silent MP4 of exactly `seconds`, yuv420p, its index before its frames; width and height must be even.

    Raises CancelledError soon after `is_canceled` says so.
    """
    # ffmpeg puts the index first by reading its own output again, which only a real file allows.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        frames = _frames(picture, width=width, height=height, count=seconds * FRAMES_PER_SECOND)
        _encode(_until(is_canceled, frames), path, width, height)
        return path.read_bytes()


def _encode(frames: Iterator[VideoFrame], path: Path, width: int, height: int) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=_QUICK)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, FRAMES_PER_SECOND)
        for frame in frames:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _until(is_canceled: Callable[[], bool], frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    for frame in frames:
        if is_canceled():
            raise CancelledError
        yield frame


def _frames(picture: Image.Image, *, width: int, height: int, count: int) -> Iterator[VideoFrame]:
    planes = _planes(picture, width, height)
    for index in range(count):
        closeness = _PUSH_IN ** ((1 - math.cos(math.pi * index / count)) / 2)  # eases in and out
        frame = VideoFrame(width, height, "yuv420p")
        for plane, source in zip(frame.planes, planes, strict=True):
            shot = source.resize((plane.width, plane.height), Image.Resampling.BILINEAR, box=_centre(source, closeness))
            plane.update(shot.tobytes("raw", "L", plane.line_size))
        frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
        yield frame


def _planes(picture: Image.Image, width: int, height: int) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The picture filling the frame, a little larger than it, as luma and two chroma planes of half the size."""
    size = (round(width * _PUSH_IN), round(height * _PUSH_IN))
    luma, blue, red = ImageOps.fit(picture.convert("RGB"), size).convert("YCbCr").split()
    half = (size[0] // 2, size[1] // 2)
    return luma.point(_LUMA), blue.point(_CHROMA).resize(half), red.point(_CHROMA).resize(half)


def _centre(source: Image.Image, closeness: float) -> tuple[float, float, float, float]:
    width, height = source.size
    x, y = width * (1 - 1 / closeness) / 2, height * (1 - 1 / closeness) / 2
    return x, y, width - x, height - y
