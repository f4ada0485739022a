"""The check of an MP4's boxes while it is streamed."""

from itertools import pairwise
from random import Random

import pytest

from keepreel.errors import BadVideo
from keepreel.media.mp4 import MAX_BOXES, BoxCheck


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def large_box(kind: bytes, content: bytes) -> bytes:
    return (1).to_bytes(4, "big") + kind + (16 + len(content)).to_bytes(8, "big") + content


COMPLETE = box(b"ftyp", b"isom") + box(b"moov", b"m" * 100) + box(b"mdat", b"d" * 1000)


def check(content: bytes, *, cuts: tuple[int, ...] = (), has_known_end: bool = False) -> None:
    boxes = BoxCheck(has_known_end=has_known_end)
    for start, end in pairwise((0, *cuts, len(content))):
        boxes.feed(content[start:end])
    boxes.finish()


@pytest.mark.parametrize(
    "content",
    [
        COMPLETE,
        box(b"ftyp", b"isom") + box(b"free") + large_box(b"mdat", b"d" * 300) + box(b"moov", b"m"),
        box(b"free") + box(b"skip", b"s") + COMPLETE,
    ],
    ids=["faststart", "large-box", "padding-first"],
)
def test_complete_file_passes_in_any_chunks(content: bytes) -> None:
    random = Random(7)
    check(content, cuts=tuple(range(1, len(content))))

    for _ in range(50):
        check(content, cuts=tuple(sorted(random.choices(range(len(content)), k=5))))


@pytest.mark.parametrize("has_known_end", [False, True])
def test_file_truncated_at_any_byte_is_refused(*, has_known_end: bool) -> None:
    for length in range(len(COMPLETE)):
        with pytest.raises(BadVideo):
            check(COMPLETE[:length], has_known_end=has_known_end)


WITHOUT_FTYP = COMPLETE[12:]


@pytest.mark.parametrize(
    "content",
    [
        COMPLETE,
        *(COMPLETE + b"\0" * count for count in (1, 4, 7, 8, 9, 16, 100)),
        COMPLETE + b"\xff" * 20,
        COMPLETE + b"trailing text after the last box",
        COMPLETE + b"\0\0\0\5junk",
        COMPLETE + box(b"free", b"f" * 50)[:30],
        WITHOUT_FTYP,
        box(b"free") + WITHOUT_FTYP,
        box(b"mdat", b"d") + box(b"moov", b"m"),
        box(b"ftyp", b"isom") + box(b"moov", b"m") + (0).to_bytes(4, "big") + b"mdat" + b"to the end",
        box(b"wide") + box(b"mdat", b"d") + box(b"moov", b"m") + b"\0\0\0\0",
    ],
)
def test_playable_file_whose_end_is_certain_passes_in_any_chunks(content: bytes) -> None:
    check(content, has_known_end=True)
    check(content, cuts=tuple(range(1, len(content))), has_known_end=True)


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><html><body>Not found</body></html>",
        b'{"code": 404, "message": "expired"}',
        b"\xff\xd8\xff\xe0" + b"a JPEG" * 20,
        b"\0" * 100,
        b"",
        box(b"free") + b"<!doctype html>",
        box(b"ftyp", b"isom") + box(b"moov", b"m"),
        COMPLETE + box(b"moof", b"m") + box(b"mdat", b"d" * 50)[:-1],
        COMPLETE + box(b"moof", b"m" * 50)[:-1],
        box(b"ftyp", b"isom") + (4).to_bytes(4, "big") + b"moov" + box(b"mdat"),
    ],
)
def test_other_file_is_refused_even_if_its_end_is_certain(content: bytes) -> None:
    with pytest.raises(BadVideo):
        check(content, has_known_end=True)


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


@pytest.mark.parametrize("has_known_end", [False, True])
def test_number_of_boxes_is_limited(*, has_known_end: bool) -> None:
    with pytest.raises(BadVideo, match="too many boxes"):
        check(COMPLETE + box(b"free") * MAX_BOXES, has_known_end=has_known_end)
