"""A video's first frame, and what the file itself says about its size and length."""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import av

from keepreel.errors import BadVideo

_LONGEST_SIDE = 1280


@dataclass(frozen=True, kw_only=True)
class FirstFrame:
    jpeg: bytes
    width: int
    height: int
    seconds: float


def first_frame(file: BinaryIO) -> FirstFrame:
    """Decodes the first frame of an MP4. Raises BadVideo when there is none: then nobody could play it either."""
    try:
        # The format is given, not guessed: what a provider sends is never read as a playlist that names other files.
        with av.open(file, mode="r", format="mp4") as container:
            stream = container.streams.video[0]
            image = next(container.decode(stream)).to_image()  # type: ignore[no-untyped-call]
            seconds = (container.duration or 0) / av.time_base
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise BadVideo(f"no frame can be read: {type(error).__name__}") from error
    width, height = image.size
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True)
    return FirstFrame(jpeg=out.getvalue(), width=width, height=height, seconds=round(seconds, 3))
