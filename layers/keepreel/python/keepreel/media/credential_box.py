"""Find the box of a content credential in an MP4 file, without the C2PA library."""

from pathlib import Path
from typing import BinaryIO

# C2PA 2.2, A.5: a top-level `uuid` box with this type id.
_TYPE_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def has_credential_box(path: Path) -> bool:
    """Return whether the file has the box. The search ends at bytes that are no box."""
    with path.open("rb") as file:
        return _find(file)


def _find(file: BinaryIO) -> bool:
    start = 0
    while len(header := file.read(32)) >= 8:
        size, header_size = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, header_size = int.from_bytes(header[8:16], "big"), 16
        if header[4:8] == b"uuid" and header[header_size : header_size + 16] == _TYPE_ID:
            return True
        if size < header_size:  # 0: up to the end of the file
            return False
        start += size
        file.seek(start)
    return False
