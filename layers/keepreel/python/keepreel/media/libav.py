"""PyAV, loaded so that it runs without the encoders and X11 libraries that its wheel brings.

The media layer has no such libraries (local/tools/prune_layer.py). Python makes the loader look up every function of a
library at once, so a missing one would be an error, even if it is never called.
"""

import os
import sys

_flags = sys.getdlopenflags()
sys.setdlopenflags(os.RTLD_LAZY)  # look up a function at its first call
try:
    import av
finally:
    sys.setdlopenflags(_flags)

from av.container import InputContainer  # noqa: E402
from av.sidedata.sidedata import SideData  # noqa: E402
from av.stream import Disposition  # noqa: E402
from av.video.frame import VideoFrame  # noqa: E402
from av.video.reformatter import ColorTrc, Interpolation  # noqa: E402
from av.video.stream import VideoStream  # noqa: E402

__all__ = [
    "ColorTrc",
    "Disposition",
    "InputContainer",
    "Interpolation",
    "SideData",
    "VideoFrame",
    "VideoStream",
    "av",
]
