"""EXIF: the orientation of a photo."""

_ORIENTATION = 0x0112
_SHORT = 3
_PREFIX = b"Exif\0\0"
_UPRIGHT = 1


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 to 8. It is 1 (upright) if the data is damaged or has none, as in browsers.

    Only the first directory counts. XMP can contain an orientation too, which browsers ignore.
    Source: Exif 2.32, sections 4.5.2 and 4.6.2.
    """
    tiff = memoryview(exif.removeprefix(_PREFIX))
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(bytes(tiff[:4]))
    if order not in ("little", "big"):
        return _UPRIGHT

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if order == "little" else "big")

    directory = number(4, 4)
    for at in range(directory + 2, directory + 2 + 12 * number(directory, 2), 12):
        if (number(at, 2), number(at + 2, 2), number(at + 4, 4)) == (_ORIENTATION, _SHORT, 1):
            found = number(at + 8, 2)
            return found if 1 <= found <= 8 else _UPRIGHT
    return _UPRIGHT
