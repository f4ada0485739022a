"""The check of an MP4's boxes while it is streamed."""

from itertools import pairwise
from random import Random

import pytest

from keepreel.errors import BadVideo
from keepreel.media.mp4 import BoxCheck


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def large_box(kind: bytes, content: bytes) -> bytes:
    return (1).to_bytes(4, "big") + kind + (16 + len(content)).to_bytes(8, "big") + content


COMPLETE = box(b"ftyp", b"isom") + box(b"moov", b"m" * 100) + box(b"mdat", b"d" * 1000)


def check(content: bytes, *, cuts: tuple[int, ...] = ()) -> None:
    boxes = BoxCheck()
    for start, end in pairwise((0, *cuts, len(content))):
        boxes.feed(content[start:end])
    boxes.finish()


@pytest.mark.parametrize(
    "content",
    [
        COMPLETE,
        box(b"ftyp", b"isom") + box(b"free") + large_box(b"mdat", b"d" * 300) + box(b"moov", b"m"),
        box(b"ftyp", b"isom") + box(b"moov", b"m") + (0).to_bytes(4, "big") + b"mdat" + b"to the end",
    ],
    ids=["faststart", "large-box", "last-box-to-end"],
)
def test_complete_file_passes_in_any_chunks(content: bytes) -> None:
    random = Random(7)
    check(content, cuts=tuple(range(1, len(content))))

    for _ in range(50):
        check(content, cuts=tuple(sorted(random.choices(range(len(content)), k=5))))


def test_file_truncated_at_any_byte_is_refused() -> None:
    for length in range(len(COMPLETE)):
        with pytest.raises(BadVideo):
            check(COMPLETE[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><html><body>Not found</body></html>",
        b'{"code": 404, "message": "expired"}',
        box(b"moov", b"m") + COMPLETE,
        box(b"ftyp", b"isom") + (4).to_bytes(4, "big") + b"moov" + box(b"mdat"),
        large_box(b"ftyp", b"")[:8] + (3).to_bytes(8, "big"),
        box(b"ftyp", b"isom") + box(b"moov", b"m"),
        COMPLETE + b"\x00\x00",
    ],
    ids=["html", "json", "no-ftyp-first", "box-too-small", "large-box-too-small", "no-mdat", "trailing-bytes"],
)
def test_file_that_is_not_an_mp4_is_refused(content: bytes) -> None:
    with pytest.raises(BadVideo):
        check(content)
