"""Checking an MP4 while it streams by: a file of boxes, each with its size in front, up to the very last byte."""

from keepreel.errors import BadVideo

_NEEDED = frozenset({b"ftyp", b"moov", b"mdat"})


class BoxCheck:
    """Fed with every chunk in order; `finish` says whether it was a whole MP4.

    A cut-off file ends inside a box, and an error page has no `ftyp` in front. (ISO/IEC 14496-12, 4.2: a box is its
    size in 4 bytes, its type in 4, and with a size of 1 the real size in 8 more; a size of 0 is "to the end".)
    """

    def __init__(self) -> None:
        self._header = bytearray()
        self._left = 0  # bytes of the present box still to come
        self._runs_to_the_end = False
        self._seen: set[bytes] = set()

    def feed(self, chunk: bytes) -> None:
        """Raises BadVideo at the first byte that cannot be."""
        view = memoryview(chunk)
        while view and not self._runs_to_the_end:
            if self._left:
                step = min(self._left, len(view))
                self._left -= step
            else:
                step = self._read_header(view)
            view = view[step:]

    def finish(self) -> None:
        if self._header or self._left:
            raise BadVideo("the file ends in the middle of a box")
        if missing := _NEEDED - self._seen:
            raise BadVideo(f"the file has no {', '.join(sorted(name.decode() for name in missing))}")

    def _read_header(self, view: memoryview) -> int:
        taken = view[: self._header_size() - len(self._header)]
        self._header += taken
        if len(self._header) == self._header_size():
            self._begin_box()
        return len(taken)

    def _header_size(self) -> int:
        return 16 if len(self._header) >= 8 and self._size() == 1 else 8

    def _begin_box(self) -> None:
        kind, size = bytes(self._header[4:8]), self._size()
        if not self._seen and kind != b"ftyp":
            raise BadVideo("this is not an MP4 file")
        if size == 1:
            size = int.from_bytes(self._header[8:16], "big")
        self._runs_to_the_end = size == 0
        if size and size < len(self._header):
            raise BadVideo("a box is smaller than its own header")
        self._left = max(0, size - len(self._header))
        self._seen.add(kind)
        self._header.clear()

    def _size(self) -> int:
        return int.from_bytes(self._header[:4], "big")
