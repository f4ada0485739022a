"""The check that an MP4 has all of its samples: cut files whose boxes add up, fragments, hostile tables."""

import struct
from collections.abc import Iterator
from io import BytesIO

import pytest

from keepreel.errors import BadVideo
from keepreel.media import samples
from keepreel.media.mp4 import MAX_BOXES, BoxCheck
from tests.unit.media.films import box, boxes, film, with_first

FRAGMENTS = "frag_keyframe+empty_moov+default_base_moof"
LAYOUTS = {
    "moov last": film(has_sound=True),
    "moov first": with_first(film(), b"ftyp", b"moov", b"mdat"),
    "fragments": film(has_sound=True, movflags=FRAGMENTS),
    "fragments of every frame": film(movflags="frag_every_frame+empty_moov"),
    "fragments with absolute offsets": film(movflags="frag_keyframe+empty_moov"),
    "fragments with an index": film(movflags="frag_every_frame+empty_moov+default_base_moof+dash"),
    "fragments after a first part": film(has_sound=True, movflags="frag_keyframe"),
}


class CountingFile(BytesIO):
    """A file that counts the bytes that are read from it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.read_bytes += len(content)
        return content


def check(content: bytes) -> None:
    samples.check(BytesIO(content))


def box_check(content: bytes) -> None:
    checked = BoxCheck(has_known_end=True)
    checked.feed(content)
    checked.finish()


def media(content: bytes) -> Iterator[tuple[int, int]]:
    for kind, start, end in boxes(content, is_deep=False):
        if kind == b"mdat":
            yield start, end


def with_shorter_media(content: bytes, start: int, end: int, cut: int) -> bytes:
    """Remove the last bytes of an mdat box, and make its size and the tables' offsets of later boxes fit again."""
    return content[:start] + (end - start - cut).to_bytes(4, "big") + content[start + 4 : end - cut] + content[end:]


@pytest.mark.parametrize("content", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_complete_film_passes(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize("cut", [1, 2, 100, 500])
@pytest.mark.parametrize("name", ["moov last", "moov first", "fragments", "fragments with absolute offsets"])
def test_film_with_cut_media_is_refused_although_its_boxes_add_up(name: str, cut: int) -> None:
    content = LAYOUTS[name]
    start, end = list(media(content))[-1]
    damaged = with_shorter_media(content, start, end, min(cut, end - start - 8))

    box_check(damaged)
    with pytest.raises(BadVideo, match="not inside"):
        check(damaged)


@pytest.mark.parametrize("content", [LAYOUTS["moov first"], LAYOUTS["fragments"]], ids=["moov", "moof"])
def test_film_cut_at_any_place_in_a_last_box_without_a_size_is_refused(content: bytes) -> None:
    start, end = list(media(content))[-1]
    open_ended = content[:start] + bytes(4) + content[start + 4 : end]

    box_check(open_ended)
    check(open_ended)
    for length in range(start + 8, len(open_ended)):
        with pytest.raises(BadVideo):
            check(open_ended[:length])


def test_last_box_without_a_size_needs_a_transfer_whose_end_is_certain() -> None:
    content = box(b"ftyp", b"isom") + box(b"moov", b"m") + bytes(4) + b"mdat" + b"media"

    box_check(content)
    unknown_end = BoxCheck()
    with pytest.raises(BadVideo, match="without a size"):
        unknown_end.feed(content)


def test_film_without_its_last_fragments_is_refused_if_an_index_lists_them() -> None:
    content = LAYOUTS["fragments with an index"]
    last = max(start for kind, start, _ in boxes(content, is_deep=False) if kind == b"moof")

    box_check(content[:last])
    with pytest.raises(BadVideo, match="index lists"):
        check(content[:last])


def test_film_whose_boxes_were_moved_without_its_offsets_is_refused() -> None:
    content = film()
    moved = b"".join(
        content[start:end]
        for kind, start, end in sorted(boxes(content, is_deep=False), key=lambda it: it[0] == b"mdat")
    )

    with pytest.raises(BadVideo):
        check(moved)
    check(with_first(content, b"ftyp", b"moov", b"mdat"))


def full_box(kind: bytes, *fields: int, flags: int = 0, rest: bytes = b"") -> bytes:
    return box(kind, struct.pack(f">{1 + len(fields)}I", flags, *fields) + rest)


def track(*tables: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", b"".join(tables)))))


HEAD = box(b"ftyp", b"isom") + box(b"mdat", bytes(100))
MEDIA_START = 12 + 8
ONE_PER_CHUNK = full_box(b"stsc", 1, 1, 1, 1)


def movie(*tables: bytes) -> bytes:
    return HEAD + box(b"moov", track(*tables))


def fragment(header: bytes, *runs: bytes) -> bytes:
    return HEAD + box(b"moov", b"") + box(b"moof", box(b"traf", header + b"".join(runs)))


def two_tracks(second: int) -> bytes:
    """Return a fragment of two tracks without a base: the data of the second one follows that of the first."""
    first = box(b"traf", full_box(b"tfhd", 1, 0, 20, flags=1) + full_box(b"trun", 1, 60, flags=0x200))
    return (
        HEAD
        + box(b"moov", b"")
        + box(b"moof", first + box(b"traf", full_box(b"tfhd", 2) + full_box(b"trun", 1, second, flags=0x200)))
    )


def chunk_offsets(*offsets: int) -> bytes:
    return full_box(b"stco", len(offsets), *offsets)


PLAYABLE = {
    "sizes": movie(full_box(b"stsz", 0, 2, 60, 40), ONE_PER_CHUNK, chunk_offsets(20, 80)),
    "one size": movie(full_box(b"stsz", 50, 2), ONE_PER_CHUNK, chunk_offsets(20, 70)),
    "two in a chunk": movie(full_box(b"stsz", 50, 2), full_box(b"stsc", 1, 1, 2, 1), chunk_offsets(20)),
    "more in a chunk than left": movie(full_box(b"stsz", 50, 2), full_box(b"stsc", 1, 1, 9, 1), chunk_offsets(20)),
    "runs of chunks": movie(
        full_box(b"stsz", 10, 4), full_box(b"stsc", 2, 1, 1, 1, 3, 2, 1), chunk_offsets(20, 30, 100)
    ),
    "64-bit offsets": movie(full_box(b"stsz", 100, 1), ONE_PER_CHUNK, full_box(b"co64", 1, 0, 20)),
    "sizes of 4 bits": movie(full_box(b"stz2", 4, 3, rest=b"\xf1\x20"), ONE_PER_CHUNK, chunk_offsets(105, 20, 20)),
    "sizes of 8 bits": movie(full_box(b"stz2", 8, 1, rest=b"\x64"), ONE_PER_CHUNK, chunk_offsets(20)),
    "sizes of 16 bits": movie(full_box(b"stz2", 16, 1, rest=b"\x00\x64"), ONE_PER_CHUNK, chunk_offsets(20)),
    "no samples": movie(full_box(b"stsz", 0, 0)),
    "no track": HEAD + box(b"moov", b""),
    "bytes after the last box": movie(full_box(b"stsz", 0, 0)) + b"\xff" * 20,
    "run": fragment(full_box(b"tfhd", 1, 0, 20, flags=1), full_box(b"trun", 2, 60, 40, flags=0x200)),
    "run with every field": fragment(
        full_box(b"tfhd", 1, 0, 0, 1, 1, 1, 1, flags=0x3B),
        full_box(b"trun", 1, 20, 0, 9, 100, 9, 9, flags=0xF05),
    ),
    "two runs": fragment(full_box(b"tfhd", 1, 0, 20, 50, flags=0x11), full_box(b"trun", 1), full_box(b"trun", 1)),
    "two tracks": two_tracks(40),
}
BROKEN = {
    "two tracks": two_tracks(41),
    "sizes": movie(full_box(b"stsz", 0, 2, 60, 41), ONE_PER_CHUNK, chunk_offsets(20, 80)),
    "one size": movie(full_box(b"stsz", 51, 2), ONE_PER_CHUNK, chunk_offsets(20, 70)),
    "offset before the media": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK, chunk_offsets(19)),
    "offset after the end": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK, chunk_offsets(2**32 - 1)),
    "64-bit offset": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK, full_box(b"co64", 1, 2**32 - 1, 2**32 - 1)),
    "sizes of 4 bits": movie(full_box(b"stz2", 4, 1, rest=b"\xf0"), ONE_PER_CHUNK, chunk_offsets(106)),
    "sizes of 5 bits": movie(full_box(b"stz2", 5, 1, rest=b"\xf0"), ONE_PER_CHUNK, chunk_offsets(20)),
    "no offsets": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK),
    "no runs of chunks": movie(full_box(b"stsz", 1, 1), chunk_offsets(20)),
    "empty runs of chunks": movie(full_box(b"stsz", 1, 1), full_box(b"stsc", 0), chunk_offsets(20)),
    "fewer chunks than samples": movie(full_box(b"stsz", 1, 2), ONE_PER_CHUNK, chunk_offsets(20)),
    "2**32 samples without sizes": movie(full_box(b"stsz", 0, 2**32 - 1), ONE_PER_CHUNK, chunk_offsets(20)),
    "2**32 samples of one size": movie(full_box(b"stsz", 1, 2**32 - 1), ONE_PER_CHUNK, chunk_offsets(20)),
    "2**32 offsets": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK, full_box(b"stco", 2**32 - 1, 20)),
    "2**32 long offsets": movie(full_box(b"stsz", 1, 1), ONE_PER_CHUNK, full_box(b"co64", 2**32 - 1, 0, 20)),
    "2**32 runs of chunks": movie(full_box(b"stsz", 1, 1), full_box(b"stsc", 2**32 - 1, 1, 1, 1), chunk_offsets(20)),
    "2**32 samples in a chunk": movie(
        full_box(b"stsz", 1, 2**32 - 1), full_box(b"stsc", 1, 1, 2**32 - 1, 1), chunk_offsets(20)
    ),
    "a table without a count": movie(box(b"stsz", b""), ONE_PER_CHUNK, chunk_offsets(20)),
    "run": fragment(full_box(b"tfhd", 1, 0, 20, flags=1), full_box(b"trun", 2, 60, 41, flags=0x200)),
    "second run": fragment(full_box(b"tfhd", 1, 0, 20, 51, flags=0x11), full_box(b"trun", 1), full_box(b"trun", 1)),
    "run before the file": fragment(full_box(b"tfhd", 1, 1, flags=0x10), full_box(b"trun", 1, 2**31, flags=1)),
    "2**32 samples in a run": fragment(full_box(b"tfhd", 1, 1, flags=0x10), full_box(b"trun", 2**32 - 1)),
    "2**32 sizes in a run": fragment(full_box(b"tfhd", 1), full_box(b"trun", 2**32 - 1, flags=0x200)),
    "a run without a count": fragment(full_box(b"tfhd", 1), box(b"trun", bytes(4))),
    "a fragment without a header": fragment(b"", full_box(b"trun", 1)),
    "index": HEAD + full_box(b"sidx", 1, 1, 0, 0, 1, 1, 0, 0),
    "index with 64 bits": HEAD + full_box(b"sidx", 1, 1, 0, 0, 2**32 - 1, 0, 1, 0, 0, 0, flags=1 << 24),
    "index without entries": HEAD + full_box(b"sidx", 1, 1, 0, 0, 9),
}


@pytest.mark.parametrize("content", PLAYABLE.values(), ids=PLAYABLE.keys())
def test_samples_inside_the_media_pass(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_samples_outside_of_the_media_and_hostile_counts_are_refused(content: bytes) -> None:
    file = CountingFile(content)

    with pytest.raises(BadVideo):
        samples.check(file)

    assert file.read_bytes < 3000


def test_number_of_table_entries_is_limited() -> None:
    count = samples._MAX_ENTRIES + 1
    content = movie(full_box(b"stsz", 0, count, rest=bytes(4 * count)), ONE_PER_CHUNK, chunk_offsets(20))

    with pytest.raises(BadVideo, match="too many"):
        check(content)


@pytest.mark.parametrize("place", ["top", "moov", "track"])
def test_number_of_boxes_is_limited(place: str) -> None:
    many = box(b"free") * (MAX_BOXES + 1)
    content = {
        "top": HEAD + many,
        "moov": HEAD + box(b"moov", many),
        "track": HEAD + box(b"moov", box(b"trak", box(b"mdia", many))),
    }

    with pytest.raises(BadVideo, match="too many"):
        check(content[place])


def test_deeply_nested_boxes_are_ignored() -> None:
    nested = b""
    for _ in range(5000):
        nested = box(b"mdia", nested)

    check(HEAD + box(b"moov", box(b"trak", nested)))


def test_tables_are_read_in_small_parts() -> None:
    count = 100_000
    sizes = full_box(b"stsz", 0, count, rest=bytes(4 * count))
    largest = 0

    class File(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            nonlocal largest
            largest = max(largest, size or 0)
            return super().read(size)

    samples.check(File(movie(sizes, full_box(b"stsc", 1, 1, count, 1), chunk_offsets(20))))

    assert largest <= 65_536
