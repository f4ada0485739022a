"""Encode an H.264 MP4 from one image with a slow camera move, silent or with an AAC track."""

import math
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image, ImageOps

from local.simulators.video.extras import SAMPLE_RATE, audio_frames

FRAMES_PER_SECOND = 24
_MIN_ZOOM, _MAX_ZOOM = 1.15, 1.25  # 1 shows the whole image
_OVERSAMPLING = 1.35  # above _MAX_ZOOM, because a pan flickers where image and video pixels coincide now and then
_FAST_OPTIONS = {"preset": "ultrafast", "crf": "23"}

# A player expects "TV" levels, 16–235 and 16–240; Pillow's YCbCr uses the full 0–255.
_LUMA = [16 + round(level * 219 / 255) for level in range(256)]
_CHROMA = [128 + round((level - 128) * 224 / 255) for level in range(256)]


@dataclass(frozen=True, kw_only=True)
class View:
    """The visible part of the image: its zoom, and its position from 0 (left, top) to 1 (right, bottom)."""

    zoom: float
    x: float = 0.5
    y: float = 0.5

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of the visible part, always inside an image of this size."""
        visible_width, visible_height = width / self.zoom, height / self.zoom
        left, top = (width - visible_width) * self.x, (height - visible_height) * self.y
        return left, top, left + visible_width, top + visible_height


@dataclass(frozen=True, kw_only=True)
class CameraMove:
    start: View
    end: View

    def at(self, progress: float) -> View:
        """Return the view at `progress` from 0 to 1, with ease-in and ease-out."""
        share = (1 - math.cos(math.pi * progress)) / 2
        return View(
            zoom=self.start.zoom ** (1 - share) * self.end.zoom**share,
            x=self.start.x + (self.end.x - self.start.x) * share,
            y=self.start.y + (self.end.y - self.start.y) * share,
        )


def moves(*, zoom: float) -> dict[str, CameraMove]:
    """Return all camera moves by their name."""
    whole, near = View(zoom=1), View(zoom=zoom)
    left, right = View(zoom=zoom, x=0), View(zoom=zoom, x=1)
    top, bottom = View(zoom=zoom, y=0), View(zoom=zoom, y=1)
    return {
        "push in": CameraMove(start=whole, end=near),
        "pull out": CameraMove(start=near, end=whole),
        "pan left": CameraMove(start=right, end=left),
        "pan right": CameraMove(start=left, end=right),
        "tilt up": CameraMove(start=bottom, end=top),
        "tilt down": CameraMove(start=top, end=bottom),
    }


def move_for(prompt: str) -> CameraMove:
    """Return the same move for the same prompt. The zoom distinguishes prompts with the same kind of move."""
    digest = sha256(prompt.encode()).digest()
    known = moves(zoom=_MIN_ZOOM + (_MAX_ZOOM - _MIN_ZOOM) * digest[0] / 255)
    return list(known.values())[int.from_bytes(digest, "big") % len(known)]


def encode_mp4(
    picture: Image.Image,
    *,
    move: CameraMove,
    width: int,
    height: int,
    seconds: float,
    has_sound: bool = False,
    is_canceled: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return a yuv420p MP4 with its index first, as long as `seconds` to the nearest frame, in an even size.

    With sound, it has an AAC track of the same length; otherwise it is silent.

    Raises CancelledError soon after `is_canceled` returns true.
    """
    # To put the index first, ffmpeg reads its own output again, so the output must be a real file.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        frames = _frames(picture, move=move, width=width, height=height, count=round(seconds * FRAMES_PER_SECOND))
        sound = audio_frames(seconds=seconds) if has_sound else None
        _encode(_until_canceled(is_canceled, frames), path, width, height, sound=sound)
        return path.read_bytes()


def _encode(
    frames: Iterator[VideoFrame], path: Path, width: int, height: int, *, sound: Iterator[AudioFrame] | None
) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=_FAST_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, FRAMES_PER_SECOND)
        track = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if sound is not None else None
        for frame in frames:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None and track is not None:
            for tone in sound:
                container.mux(track.encode(tone))
            container.mux(track.encode(None))


def _until_canceled(is_canceled: Callable[[], bool], frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    for frame in frames:
        if is_canceled():
            raise CancelledError
        yield frame


def _frames(picture: Image.Image, *, move: CameraMove, width: int, height: int, count: int) -> Iterator[VideoFrame]:
    planes = _planes(picture, round(width * _OVERSAMPLING), round(height * _OVERSAMPLING))
    for index in range(count):
        view = move.at(index / count)
        frame = VideoFrame(width, height, "yuv420p")
        for plane, source in zip(frame.planes, planes, strict=True):
            size, box = (plane.width, plane.height), view.box(*source.size)
            plane.update(source.resize(size, Image.Resampling.BILINEAR, box=box).tobytes("raw", "L", plane.line_size))
        frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
        yield frame


def _planes(picture: Image.Image, width: int, height: int) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Crop the image to this size; return the luma plane and two chroma planes of half the size."""
    luma, blue, red = ImageOps.fit(picture.convert("RGB"), (width, height)).convert("YCbCr").split()
    half = (width // 2, height // 2)
    return luma.point(_LUMA), blue.point(_CHROMA).resize(half), red.point(_CHROMA).resize(half)
