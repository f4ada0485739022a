"""MP4 files for tests: encoded small, and changed box by box."""

import re
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
from PIL import Image

FRAMES_PER_SECOND = 12
_CONTAINERS = (b"moov", b"trak", b"edts", b"mdia")
_DURATION_OFFSETS = {b"mvhd": 24, b"tkhd": 28, b"mdhd": 24, b"elst": 16}  # in version 0 of these boxes
_MATRIX_OFFSET = 48
_SOUND_FRAMES = 47  # one second


def four_corners(width: int = 64, height: int = 32) -> Image.Image:
    """Return an image whose quarters are red, lime, blue and white, line by line."""
    image = Image.new("RGB", (width, height))
    for number, color in enumerate(("red", "lime", "blue", "white")):
        left, top = number % 2 * width // 2, number // 2 * height // 2
        image.paste(color, (left, top, left + width // 2, top + height // 2))
    return image


def film(
    image: Image.Image | None = None,
    *,
    frames: int = FRAMES_PER_SECOND,
    pixel_shape: Fraction | None = None,
    has_video: bool = True,
    has_sound: bool = False,
    cover: str | None = None,
    is_attached: bool = False,
    movflags: str | None = None,
) -> bytes:
    """Return an MP4 that shows the image. `cover` is the codec of a picture track before the video."""
    out = BytesIO()
    with av.open(out, "w", format="mp4", options={"movflags": movflags} if movflags else {}) as container:
        tracks: list[tuple[Any, Sequence[Any]]] = []
        if cover:
            tracks.append(_cover(container, cover, is_attached=is_attached))
        if has_video:
            tracks.append(_video(container, image or four_corners(), frames=frames, pixel_shape=pixel_shape))
        if has_sound:
            tracks.append((container.add_stream("aac", rate=48_000), list(_silence())))
        for track, items in tracks:
            for item in [*items, None]:
                container.mux(track.encode(item))
    return out.getvalue()


def grey_hdr_film(signal: float, *, transfer: int) -> bytes:
    """Return a 10-bit film in BT.2020 of one grey. `signal` is 0 to 1; `transfer` is 16 for PQ, 18 for HLG."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        track.width, track.height, track.pix_fmt = 64, 32, "yuv420p10le"
        frame = av.VideoFrame(64, 32, "yuv420p10le")
        for plane, value in zip(frame.planes, (round(64 + 876 * signal), 512, 512), strict=True):
            plane.update(value.to_bytes(2, "little") * (plane.buffer_size // 2))
        for tagged in (track.codec_context, frame):
            tagged.color_trc, tagged.color_primaries, tagged.colorspace, tagged.color_range = transfer, 9, 9, 1
        frame.pts = 0
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return out.getvalue()


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def boxes(
    content: bytes, start: int = 0, end: int | None = None, *, is_deep: bool = True
) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type, start and end of each box, and of those inside."""
    end = len(content) if end is None else end
    while start + 8 <= end:
        size, kind = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8]
        yield kind, start, start + size
        if is_deep and kind in _CONTAINERS:
            yield from boxes(content, start + 8, start + size)
        start += size


def with_first(content: bytes, *kinds: bytes) -> bytes:
    """Return the file with only these boxes at the top level, in this order, and sample offsets that fit again."""
    found = {kind: content[start:end] for kind, start, end in boxes(content, is_deep=False)}
    moved = b"".join(box(b"free") if kind == b"free" else found[kind] for kind in kinds)
    shift = moved.index(found[b"mdat"]) - content.index(found[b"mdat"])
    changed = bytearray(moved)
    for table in re.finditer(b"stco", moved):
        (count,) = struct.unpack_from(">I", moved, at := table.start() + 8)
        for number in range(count):
            (offset,) = struct.unpack_from(">I", moved, at + 4 + 4 * number)
            struct.pack_into(">I", changed, at + 4 + 4 * number, offset + shift)
    return bytes(changed)


def with_matrix(content: bytes, a: float, b: float, c: float, d: float) -> bytes:
    """Set the matrix of every track's header."""
    changed = bytearray(content)
    values = [round(it * 65_536) for it in (a, b, 0, c, d, 0, 0, 0)]
    for kind, start, _ in boxes(content):
        if kind == b"tkhd":
            struct.pack_into(">8i", changed, start + _MATRIX_OFFSET, *values)
    return bytes(changed)


def with_durations(content: bytes, duration: int, *, of: Sequence[bytes] = tuple(_DURATION_OFFSETS)) -> bytes:
    """Set the duration in the headers of these types."""
    changed = bytearray(content)
    for kind, start, _ in boxes(content):
        if kind in of:
            struct.pack_into(">I", changed, start + _DURATION_OFFSETS[kind], duration)
    return bytes(changed)


def _video(container: Any, image: Image.Image, *, frames: int, pixel_shape: Fraction | None) -> tuple[Any, list[Any]]:
    track = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
    track.width, track.height, track.pix_fmt = *image.size, "yuv444p"
    if pixel_shape:
        track.codec_context.sample_aspect_ratio = pixel_shape
    return track, [_frame(image, "yuv444p", number) for number in range(frames)]


def _cover(container: Any, codec: str, *, is_attached: bool) -> tuple[Any, list[Any]]:
    track = container.add_stream(codec, rate=1)
    track.width, track.height, track.pix_fmt = 48, 48, "yuvj420p" if codec == "mjpeg" else "rgb24"
    if is_attached:
        track.disposition = av.stream.Disposition.attached_pic
    return track, [_frame(Image.new("RGB", (48, 48), "fuchsia"), track.pix_fmt, 0)]


def _frame(image: Image.Image, format: str, pts: int) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(image).reformat(format=format)  # type: ignore[no-untyped-call]
    frame.pts, frame.time_base = pts, Fraction(1, FRAMES_PER_SECOND)
    return frame


def _silence() -> Iterator[av.AudioFrame]:
    for number in range(_SOUND_FRAMES):
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
        frame.sample_rate, frame.pts = 48_000, number * 1024
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        yield frame
