"""Thumbnails: the first frame of an MP4 as JPEG, with the video's size and length."""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import av

from keepreel.errors import BadVideo

_MAX_SIDE = 1280


@dataclass(frozen=True, kw_only=True)
class FirstFrame:
    jpeg: bytes
    width: int
    height: int
    seconds: float


def first_frame(file: BinaryIO) -> FirstFrame:
    """Decode the first frame of an MP4. Raises BadVideo if there is none, because then no player can play the file."""
    try:
        # The format is fixed, so a provider's file is never read as a playlist that refers to other files.
        with av.open(file, mode="r", format="mp4") as container:
            stream = container.streams.video[0]
            image = next(container.decode(stream)).to_image()  # type: ignore[no-untyped-call]
            seconds = (container.duration or 0) / av.time_base
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise BadVideo(f"the first frame cannot be decoded: {type(error).__name__}") from error
    width, height = image.size
    image.thumbnail((_MAX_SIDE, _MAX_SIDE))
    out = BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True)
    return FirstFrame(jpeg=out.getvalue(), width=width, height=height, seconds=round(seconds, 3))
