"""Name a video's resolution by its measured size."""

from math import sqrt

_NAMES = {360: "360p", 480: "480p", 540: "540p", 720: "720p", 1080: "1080p", 1440: "2k", 2160: "4k"}
_SAME_AREA = (480, 720, 1080, 1440, 2160)  # the others would be shorter sides of squares
_TOLERANCE = 0.03


def delivered_resolution(width: float | None, height: float | None) -> str | None:
    """Return `720p`, `1080p` and so on, or the shorter side if it is none of them; None without a size.

    Some providers keep the number of pixels for every shape (720p is then 960 × 960), others the shorter side.
    """
    if not width or not height:
        return None
    by_area = _nearest(sqrt(width * height * 9 / 16), _SAME_AREA)
    shorter = int(min(width, height))
    return by_area or _nearest(shorter, tuple(_NAMES)) or f"{shorter}p"


def _nearest(side: float, sides: tuple[int, ...]) -> str | None:
    return next((_NAMES[it] for it in sides if abs(side / it - 1) <= _TOLERANCE), None)
