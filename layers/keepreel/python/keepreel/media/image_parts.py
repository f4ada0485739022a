"""The parts of an image file that matter for its picture."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class ImageParts:
    """An image file without the metadata that a browser ignores, and the metadata that counts.

    `is_strict` is False if a strict reader could refuse the original file.
    """

    content: bytes = b""
    exif: bytes = b""
    icc_profile: bytes = b""
    is_strict: bool = True
