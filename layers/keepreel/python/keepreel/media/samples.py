"""Samples check: every sample that an MP4's tables and fragments name lies in the file's media, so none is cut off."""

import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from keepreel.errors import BadVideo
from keepreel.media.mp4 import MAX_BOXES

_MAX_ENTRIES = 2_000_000  # a film of minutes has a few thousand; two million take about a second
_MAX_DEPTH = 8
_ENTRIES_PER_READ = 16_384
_CONTAINERS = frozenset({b"mdia", b"minf", b"stbl", b"mvex"})
_HAS_BASE, _HAS_DESCRIPTION, _HAS_DURATION, _HAS_DEFAULT_SIZE = 0x1, 0x2, 0x8, 0x10  # flags of tfhd
_BASE_IS_MOOF = 0x20000
_HAS_OFFSET, _HAS_FIRST_FLAGS, _HAS_SIZES = 0x1, 0x4, 0x200  # flags of trun
_SAMPLE_FIELDS = (0x100, 0x200, 0x400, 0x800)


class Box(NamedTuple):
    kind: bytes
    start: int
    content: int
    end: int


def check(file: BinaryIO) -> None:
    """Raise BadVideo if a sample is not inside the media (ISO/IEC 14496-12, 8.7 and 8.8).

    The sizes of the boxes alone do not prove that: a file can be cut, and its last box made to fit. Reads tables in
    small parts, so memory does not depend on the counts in them, and reads a limited number of entries.
    """
    _Samples(file).check()


class _Samples:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._boxes_left, self._entries_left = MAX_BOXES, _MAX_ENTRIES
        self._end = file.seek(0, 2)
        self._boxes = list(self._children(0, self._end))
        media = sorted((it.content, it.end) for it in self._boxes if it.kind == b"mdat")
        self._media_starts, self._media_ends = [it[0] for it in media], [it[1] for it in media]
        self._default_sizes: dict[int, int] = {}

    def check(self) -> None:
        for movie in self._boxes:
            if movie.kind == b"moov":
                self._check_movie(movie)
        for box in self._boxes:
            if box.kind == b"moof":
                self._check_fragment(box)
            elif box.kind == b"sidx":
                self._check_index(box)

    def _check_movie(self, movie: Box) -> None:
        for box in self._inside(movie):
            if box.kind == b"trex":
                _, track, _, _, size = self._unpack(box, ">5I")
                self._default_sizes[track] = size
            elif box.kind == b"trak":
                self._check_track({it.kind: it for it in reversed([*self._inside(box)])})

    def _check_track(self, tables: dict[bytes, Box]) -> None:
        sizes = tables.get(b"stsz") or tables.get(b"stz2")
        if sizes is None:
            return
        count, size, entries = self._sizes(sizes)
        for offset, samples in self._chunks(tables) if count else ():
            taken = min(samples, count)
            count -= taken
            self._check_range(offset, size * taken if size else sum(islice(entries, taken)))
            if not count:
                return
        if count:
            raise BadVideo(f"{count} samples have no place in the file")

    def _sizes(self, box: Box) -> tuple[int, int, Iterator[int]]:
        """Return the number of samples, and their one size or, if that is 0, each size."""
        _, size, count = self._unpack(box, ">3I")
        if box.kind == b"stz2":
            bits, size = size & 0xFF, 0
            if bits == 4:
                pairs = self._table(box, 12, (count + 1) // 2, "B")
                return count, 0, chain.from_iterable((it >> 4, it & 15) for it in pairs)
            if bits not in (8, 16):
                raise BadVideo("the table of sample sizes is invalid")
            return count, 0, self._table(box, 12, count, "B" if bits == 8 else "H")
        return count, size, iter(()) if size else self._table(box, 12, count, "I")

    def _chunks(self, tables: dict[bytes, Box]) -> Iterator[tuple[int, int]]:
        """Yield the offset and the number of samples of each chunk."""
        place = tables.get(b"stco") or tables.get(b"co64")
        runs = tables.get(b"stsc")
        if place is None or runs is None:
            raise BadVideo("a track has samples, but no table of their places")
        _, count = self._unpack(place, ">2I")
        offsets = self._table(place, 8, count, "Q" if place.kind == b"co64" else "I")
        _, run_count = self._unpack(runs, ">2I")
        fields = self._table(runs, 8, 3 * run_count, "I")
        firsts = zip(fields, fields, fields, strict=True)
        _, samples, _ = next(firsts, (0, 0, 0))
        following = next(firsts, None)
        for number, offset in enumerate(offsets, start=1):
            while following is not None and following[0] <= number:
                samples, following = following[1], next(firsts, None)
            yield offset, samples

    def _check_fragment(self, fragment: Box) -> None:
        data_end = fragment.start  # where the data of the previous track ends
        for track in self._children(fragment.content, fragment.end):
            if track.kind == b"traf":
                data_end = self._check_track_fragment([*self._inside(track)], fragment.start, data_end)

    def _check_track_fragment(self, boxes: list[Box], moof_start: int, data_end: int) -> int:
        header = next((it for it in boxes if it.kind == b"tfhd"), None)
        if header is None:
            raise BadVideo("a fragment of a track has no header")
        flags, track = self._unpack(header, ">2I")
        at = 8
        base = moof_start if flags & _BASE_IS_MOOF else data_end
        if flags & _HAS_BASE:
            (base,) = self._unpack(header, ">Q", at)
            at += 8
        at += 4 * bool(flags & _HAS_DESCRIPTION) + 4 * bool(flags & _HAS_DURATION)
        size = self._default_sizes.get(track, 0)
        if flags & _HAS_DEFAULT_SIZE:
            (size,) = self._unpack(header, ">I", at)
        end = base
        for run in boxes:
            if run.kind == b"trun":
                end = self._check_run(run, base, end, size)
        return end

    def _check_run(self, run: Box, base: int, start: int, default_size: int) -> int:
        """Check the samples of one run, and return where their data ends."""
        flags, count = self._unpack(run, ">2I")
        at = 8
        if flags & _HAS_OFFSET:
            (offset,) = self._unpack(run, ">i", at)
            start, at = base + offset, at + 4
        at += 4 * bool(flags & _HAS_FIRST_FLAGS)
        width = sum(bool(flags & it) for it in _SAMPLE_FIELDS)
        total = count * default_size
        if flags & _HAS_SIZES:
            fields = self._table(run, at, count * width, "I")
            total = sum(islice(fields, 1 if flags & 0x100 else 0, None, width))
        self._check_range(start, total)
        return start + total

    def _check_index(self, box: Box) -> None:
        """Check that the fragments that an index of the file lists are there (8.16.3)."""
        (version,) = self._unpack(box, ">B")
        *_, first_offset, count = self._unpack(box, ">3I2Q2xH" if version else ">3I2I2xH")
        fields = self._table(box, 32 if version else 24, 3 * count, "I")
        sizes = sum(it & 0x7FFFFFFF for it in islice(fields, 0, None, 3))
        if box.end + first_offset + sizes > self._end:
            raise BadVideo("the file's index lists fragments that are not there")

    def _check_range(self, start: int, size: int) -> None:
        if not size:
            return
        number = bisect_right(self._media_starts, start) - 1
        if number < 0 or start + size > self._media_ends[number]:
            raise BadVideo("a sample is not inside the file's media")

    def _inside(self, box: Box, depth: int = 1) -> Iterator[Box]:
        """Yield the boxes inside a box, and those inside of them, but not those of a track."""
        for child in self._children(box.content, box.end):
            yield child
            if child.kind in _CONTAINERS and depth < _MAX_DEPTH:
                yield from self._inside(child, depth + 1)

    def _children(self, start: int, end: int) -> Iterator[Box]:
        """Yield the boxes in a range of the file, until bytes that are no box."""
        while start + 8 <= end:
            self._boxes_left = _spent(self._boxes_left, 1)
            self._file.seek(start)
            header = self._file.read(16)
            size, kind, content = int.from_bytes(header[:4], "big"), header[4:8], start + 8
            if size == 1 and len(header) == 16:
                size, content = int.from_bytes(header[8:], "big"), start + 16
            box_end = start + size if size else end
            if box_end < content:
                return
            yield Box(kind, start, content, min(box_end, end))
            start = box_end

    def _unpack(self, box: Box, format: str, at: int = 0) -> tuple[int, ...]:
        """Read fields of a box. The first one of a full box has its version in 8 bits and its flags in 24."""
        size = struct.calcsize(format)
        if box.content + at + size > box.end:
            raise BadVideo("a box is smaller than its fields")
        self._file.seek(box.content + at)
        return struct.unpack(format, self._file.read(size))

    def _table(self, box: Box, at: int, count: int, code: str) -> Iterator[int]:
        """Return the entries of a table of a box, which are unsigned integers with this code of `array`."""
        width = array(code).itemsize
        if box.content + at + count * width > box.end:
            raise BadVideo("a table is larger than its box")
        self._entries_left = _spent(self._entries_left, count)
        return chain.from_iterable(self._parts(box.content + at, count, code))

    def _parts(self, start: int, count: int, code: str) -> Iterator["array[int]"]:
        while count:
            part: array[int] = array(code)
            taken = min(count, _ENTRIES_PER_READ)
            self._file.seek(start)
            part.frombytes(self._file.read(taken * part.itemsize))
            if sys.byteorder == "little":
                part.byteswap()
            yield part
            start, count = start + taken * part.itemsize, count - taken


def _spent(left: int, count: int) -> int:
    if count > left:
        raise BadVideo("the file has too many boxes or samples")
    return left - count
