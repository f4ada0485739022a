"""JPEG segments: leave out metadata, because Pillow refuses a file in which it is damaged."""

from collections.abc import Iterator

from keepreel.media.image_parts import ImageParts

SIGNATURE = b"\xff\xd8\xff"
_START = b"\xff\xd8"
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT, _SCAN = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA
_EXIF = b"Exif\0\0"
_PROFILE = b"ICC_PROFILE\0"
# They tell how the colors are stored. libjpeg ignores shorter ones.
_COLOR_SEGMENTS = {_APP0: (b"JFIF\0", 14), _APP14: (b"Adobe", 12)}


def essential(content: bytes) -> ImageParts:
    """Take the JPEG apart. Everything from the first scan on is kept as it is."""
    parts, kept = ImageParts(), [memoryview(_START)]
    profile: dict[int, bytes] = {}
    profile_segments = 0
    for marker, data, segment in _segments(memoryview(content)):
        if _is_kept(marker, data):
            kept.append(segment)
        elif marker == _APP1 and data[: len(_EXIF)] == _EXIF and not parts.exif:
            parts.exif = bytes(data)
        elif marker == _APP2 and data[: len(_PROFILE)] == _PROFILE and len(data) >= len(_PROFILE) + 2:
            number, profile_segments = data[len(_PROFILE)], data[len(_PROFILE) + 1]
            profile[number] = bytes(data[len(_PROFILE) + 2 :])
    if sorted(profile) == list(range(1, profile_segments + 1)):
        parts.icc_profile = b"".join(profile[number] for number in sorted(profile))
    parts.content = b"".join(kept)
    return parts


def _segments(file: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield each segment's marker, its data, and the segment as a whole; at last all of the scans."""
    at = len(_START)
    while at + 4 <= len(file) and file[at] == 0xFF:
        marker = file[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _SCAN:
            break
        end = at + 2 + int.from_bytes(file[at + 2 : at + 4], "big")
        yield marker, file[at + 4 : end], file[at:end]
        at = end
    yield _SCAN, file[at:], file[at:]


def _is_kept(marker: int, data: memoryview) -> bool:
    if marker in _COLOR_SEGMENTS:
        name, min_bytes = _COLOR_SEGMENTS[marker]
        return data[: len(name)] == name and len(data) >= min_bytes
    return not (_APP0 <= marker <= _APP15 or marker == _COMMENT)
