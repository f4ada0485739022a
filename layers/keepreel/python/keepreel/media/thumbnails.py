"""Thumbnails: the first frame of an MP4 as JPEG, as a player displays it, with the video's size and length."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import BinaryIO, cast

from PIL import Image

from keepreel.errors import BadVideo
from keepreel.media import hdr, tracks
from keepreel.media.libav import ColorTrc, InputContainer, Interpolation, SideData, VideoFrame, VideoStream, av

_MAX_SIDE = 1280
_MAX_PIXELS = 8192 * 8192  # at 1.5 to 6 bytes per pixel, once decoded
_FROM_HDR: dict[int, Callable[[Image.Image], Image.Image]] = {
    ColorTrc.SMPTE2084: hdr.pq_to_srgb,
    ColorTrc.ARIB_STD_B67: hdr.hlg_to_srgb,
}
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_SQUARE = Fraction(1)
_MAX_STRETCH = 10  # a pixel with another shape is taken for a mistake
_NO_MATRIX = (1, 0, 0, 1)


@dataclass(frozen=True, kw_only=True)
class FirstFrame:
    """The first frame, and the size in pixels at which players display the video. `seconds` is None if unknown."""

    jpeg: bytes
    width: int
    height: int
    seconds: float | None


def first_frame(file: BinaryIO) -> FirstFrame:
    """Decode the first frame of an MP4. Raises BadVideo if there is none, because then no player can play the file."""
    try:
        found = _first_frame(file, options={}) or _first_frame(file, options={"ignore_editlist": "1"})
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise BadVideo(f"the first frame cannot be decoded: {type(error).__name__}") from error
    if found is None:
        raise BadVideo("the video track has no samples that can be shown")
    return found


def _first_frame(file: BinaryIO, *, options: dict[str, str]) -> FirstFrame | None:
    """Return None if the edit list hides every sample. Browsers play such a file."""
    file.seek(0)
    # The format is fixed, so a provider's file is never read as a playlist that refers to other files. The limit is for
    # the frames that FFmpeg decodes to probe the file.
    limits = {"max_pixels": str(_MAX_PIXELS)}
    with av.open(file, mode="r", format="mp4", options=limits | options) as container:
        track = tracks.video_track(container)
        if track.index_entries and all(it.is_discard for it in track.index_entries):
            return None
        frame = _decoded(container, track)
        return _displayed(frame, track.sample_aspect_ratio, seconds=tracks.seconds(container, track))


def _decoded(container: InputContainer, track: VideoStream) -> VideoFrame:
    decoder = track.codec_context
    if decoder.width * decoder.height > _MAX_PIXELS:
        raise BadVideo(f"the video has {decoder.width} × {decoder.height} pixels, which is too large")
    decoder.thread_count = 1  # each thread would keep frames of its own
    decoder.options = {"max_pixels": str(_MAX_PIXELS)}  # the frames may be larger than the header says
    packet = next(container.demux(track))
    if not packet.is_discard:
        # Do not wait for the frames that the decoder would keep for reordering: 17 of them may not fit into memory.
        if frames := [*track.decode(packet), *track.decode(None)]:
            return frames[0]
        decoder.flush_buffers()
        container.seek(0)
    return next(container.decode(track))


def _displayed(frame: VideoFrame, pixel_shape: Fraction | None, *, seconds: float | None) -> FirstFrame:
    width, height = _stretched(frame, pixel_shape)
    shrink = min(1.0, _MAX_SIDE / max(width, height))
    # Scale before the conversion to an image, so that no large picture is in memory.
    small = max(1, round(width * shrink)), max(1, round(height * shrink))
    turned, is_transposed = _turned(_image(frame, *small), _matrix(frame))
    if is_transposed:
        width, height = height, width
    out = BytesIO()
    turned.save(out, "JPEG", quality=85, optimize=True)
    return FirstFrame(jpeg=out.getvalue(), width=width, height=height, seconds=seconds)


def _stretched(frame: VideoFrame, pixel_shape: Fraction | None) -> tuple[int, int]:
    """Return the size with square pixels. One side grows, and none shrinks, as in browsers."""
    shape = pixel_shape or _SQUARE
    if not Fraction(1, _MAX_STRETCH) <= shape <= _MAX_STRETCH:
        shape = _SQUARE
    return round(frame.width * max(shape, _SQUARE)), round(frame.height / min(shape, _SQUARE))


def _image(frame: VideoFrame, width: int, height: int) -> Image.Image:
    image: Image.Image = frame.to_image(  # type: ignore[no-untyped-call]
        width=width, height=height, interpolation=_SCALING
    )
    from_hdr = _FROM_HDR.get(frame.color_trc)
    return image if from_hdr is None else from_hdr(image)


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Return a, b, c, d of the display matrix: it moves a pixel from (x, y) to (ax + cy, bx + dy)."""
    data = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
    if data is None:
        return _NO_MATRIX
    a, b, _, c, d, *_ = array("i", bytes(data))
    return a, b, c, d


def _turned(image: Image.Image, matrix: tuple[int, int, int, int]) -> tuple[Image.Image, bool]:
    """Return the image turned and mirrored in right angles, and whether its sides are exchanged."""
    a, b, c, d = matrix
    is_transposed = abs(b) + abs(c) > abs(a) + abs(d)
    if is_transposed:
        image, a, d = image.transpose(Image.Transpose.TRANSPOSE), c, b
    if a < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if d < 0:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return image, is_transposed
