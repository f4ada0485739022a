"""Real H.264 MP4s from one picture: one slow move of the camera, as an image-to-video model would film it."""

import math
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image, ImageOps

FRAMES_PER_SECOND = 24
_NEAR, _NEARER = 1.15, 1.25  # how close a camera comes; 1 shows the whole picture
_DETAIL = 1.35  # above _NEARER: pixels that now and then fell on pixels of the film would make a pan flicker
_QUICK = {"preset": "ultrafast", "crf": "23"}

# A player expects "TV" levels, 16–235 and 16–240; Pillow's YCbCr uses the full 0–255.
_LUMA = [16 + round(level * 219 / 255) for level in range(256)]
_CHROMA = [128 + round((level - 128) * 224 / 255) for level in range(256)]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """What is seen at one moment: how close, and where in the room that this leaves, from 0 (left, top) to 1."""

    closeness: float
    across: float = 0.5
    down: float = 0.5

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """The part of a picture of this size; it never reaches beyond the picture."""
        seen_width, seen_height = width / self.closeness, height / self.closeness
        left, top = (width - seen_width) * self.across, (height - seen_height) * self.down
        return left, top, left + seen_width, top + seen_height


@dataclass(frozen=True, kw_only=True)
class Move:
    start: Shot
    end: Shot

    def at(self, progress: float) -> Shot:
        """Eases in and out; `progress` goes from 0 to 1."""
        share = (1 - math.cos(math.pi * progress)) / 2
        return Shot(
            closeness=self.start.closeness ** (1 - share) * self.end.closeness**share,
            across=self.start.across + (self.end.across - self.start.across) * share,
            down=self.start.down + (self.end.down - self.start.down) * share,
        )


def moves(*, closeness: float) -> dict[str, Move]:
    """The moves that a camera knows, by their names on a set."""
    whole, near = Shot(closeness=1), Shot(closeness=closeness)
    left, right = Shot(closeness=closeness, across=0), Shot(closeness=closeness, across=1)
    top, bottom = Shot(closeness=closeness, down=0), Shot(closeness=closeness, down=1)
    return {
        "push in": Move(start=whole, end=near),
        "pull out": Move(start=near, end=whole),
        "pan left": Move(start=right, end=left),
        "pan right": Move(start=left, end=right),
        "tilt up": Move(start=bottom, end=top),
        "tilt down": Move(start=top, end=bottom),
    }


def move_for(prompt: str) -> Move:
    """Always the same move for the same prompt. How close it goes parts prompts that come to the same kind."""
    digest = sha256(prompt.encode()).digest()
    known = moves(closeness=_NEAR + (_NEARER - _NEAR) * digest[0] / 255)
    return list(known.values())[int.from_bytes(digest, "big") % len(known)]


def film(
    picture: Image.Image,
    *,
    move: Move,
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
        frames = _frames(picture, move=move, width=width, height=height, count=seconds * FRAMES_PER_SECOND)
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


def _frames(picture: Image.Image, *, move: Move, width: int, height: int, count: int) -> Iterator[VideoFrame]:
    planes = _planes(picture, round(width * _DETAIL), round(height * _DETAIL))
    for index in range(count):
        shot = move.at(index / count)
        frame = VideoFrame(width, height, "yuv420p")
        for plane, source in zip(frame.planes, planes, strict=True):
            size, box = (plane.width, plane.height), shot.box(*source.size)
            plane.update(source.resize(size, Image.Resampling.BILINEAR, box=box).tobytes("raw", "L", plane.line_size))
        frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
        yield frame


def _planes(picture: Image.Image, width: int, height: int) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The picture cropped to this shape, as luma and two chroma planes of half the size."""
    luma, blue, red = ImageOps.fit(picture.convert("RGB"), (width, height)).convert("YCbCr").split()
    half = (width // 2, height // 2)
    return luma.point(_LUMA), blue.point(_CHROMA).resize(half), red.point(_CHROMA).resize(half)
