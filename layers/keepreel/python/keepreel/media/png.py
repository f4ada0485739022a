"""PNG chunks: leave out those that a browser would ignore, because Pillow refuses a file with a damaged one."""

import zlib
from collections.abc import Iterator

from keepreel.media.image_parts import ImageParts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_KEYWORD_BYTES = 79
# Pillow refuses a file whose chunk is shorter.
_MIN_CHUNK_BYTES = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9, b"acTL": 8, b"fcTL": 26, b"fdAT": 4}
# Pillow refuses a text or profile of more than 1 MiB. A deflated one grows at most 1032-fold.
_MAX_DEFLATED_TEXT_BYTES = 1000
_MAX_STRICT_PROFILE_BYTES = 1024 * 1024
_MAX_PROFILE_BYTES = 16 * 1024 * 1024
_GREY, _RGB = 0, 2
_MAX_PALETTE = 256


def essential(content: bytes) -> ImageParts:
    """Take the PNG apart. Damage in a critical chunk is kept, so that the decoder finds it."""
    parts, kept = ImageParts(), [memoryview(SIGNATURE)]
    header = b""
    for kind, data, chunk in _chunks(memoryview(content)):
        if not kind[0] & 0x20:  # a critical chunk
            kept.append(chunk)
            header = bytes(data) if kind == b"IHDR" else header
        elif not _is_intact(chunk) or len(data) < _MIN_CHUNK_BYTES.get(kind, 0):
            parts.is_strict = False
        elif kind == b"tRNS":
            transparency = _transparency(bytes(data), header=header)
            kept.append(memoryview(transparency))
            parts.is_strict = parts.is_strict and bool(transparency)
        else:
            _read_ancillary(kind, data, parts)
    parts.content = b"".join(kept)
    return parts


def _chunks(file: memoryview) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Yield each chunk's type, its data, and the chunk as a whole, up to the end of the image."""
    at, kind = len(SIGNATURE), b""
    while at + 8 <= len(file) and kind != b"IEND":
        size, kind = int.from_bytes(file[at : at + 4], "big"), bytes(file[at + 4 : at + 8])
        yield kind, file[at + 8 : at + 8 + size], file[at : at + 12 + size]
        at += 12 + size


def _is_intact(chunk: memoryview) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


def _read_ancillary(kind: bytes, data: memoryview, parts: ImageParts) -> None:
    if kind == b"eXIf":
        parts.exif = bytes(data)
    elif kind == b"iCCP":
        parts.icc_profile = _inflated_profile(bytes(data))
        parts.is_strict = parts.is_strict and len(parts.icc_profile) <= _MAX_STRICT_PROFILE_BYTES
    elif _is_compressed_text(kind, data) and len(data) > _MAX_DEFLATED_TEXT_BYTES:
        parts.is_strict = False


def _is_compressed_text(kind: bytes, data: memoryview) -> bool:
    """An iTXt says whether it is compressed, in the byte after its keyword and a zero byte."""
    if kind != b"iTXt":
        return kind == b"zTXt"
    return bytes(data[: _MAX_KEYWORD_BYTES + 2]).partition(b"\0")[2][:1] != b"\0"


def _inflated_profile(data: bytes) -> bytes:
    """Return the profile, or nothing if it is damaged. It follows its name, a zero byte and the compression method."""
    deflated = data.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(deflated, _MAX_PROFILE_BYTES)
    except zlib.error:
        return b""


def _transparency(data: bytes, *, header: bytes) -> bytes:
    """Return a tRNS chunk that names the transparent color as Pillow decodes it: with 8 bits, except 16-bit grey."""
    depth, color_type = header[8:10] or (8, _RGB)
    values = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
    if color_type == _GREY and depth in (2, 4):
        largest = (1 << depth) - 1
        data = b"".join(_two_bytes((it & largest) * 255 // largest) for it in values[:1])
    elif color_type == _RGB and depth == 16:
        data = b"".join(_two_bytes(it >> 8) for it in values[:3])
    else:
        data = data[:_MAX_PALETTE]
    if len(data) < {_GREY: 2, _RGB: 6}.get(color_type, 0):
        return b""
    kind_and_data = b"tRNS" + data
    return len(data).to_bytes(4, "big") + kind_and_data + zlib.crc32(kind_and_data).to_bytes(4, "big")


def _two_bytes(value: int) -> bytes:
    return value.to_bytes(2, "big")
