"""One tiny video for each codec that browsers play."""

import os
from pathlib import Path
from typing import cast

import av
from av.video.stream import VideoStream

ENCODERS = {"h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1"}
SIDE = 64  # pixels
# With B-frames, x265 sometimes gives a single frame a decoding time that the MP4 muxer refuses.
_OPTIONS = {"x265-params": "log-level=none:bframes=0"}


def write(codec: str, folder: Path) -> Path:
    """Write a video of one frame, named after its codec, and return its path."""
    path = folder / f"{codec}.mp4"
    os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder prints errors only
    with av.open(str(path), "w") as file:
        stream = cast(VideoStream, file.add_stream(ENCODERS[codec], rate=24, options=_OPTIONS))
        stream.width = stream.height = SIDE
        for packet in (*stream.encode(av.VideoFrame(SIDE, SIDE, "yuv420p")), *stream.encode(None)):
            file.mux(packet)
    return path
