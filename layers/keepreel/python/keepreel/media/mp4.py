"""MP4 check: verify while streaming that a file is a complete sequence of MP4 boxes."""

from keepreel.errors import BadVideo

_REQUIRED = frozenset({b"ftyp", b"moov", b"mdat"})


class BoxCheck:
    """Takes every chunk in order; `finish` raises BadVideo unless they form a complete MP4.

    A truncated file ends inside a box, and an error page does not start with `ftyp`. A box has its size in 4 bytes and
    its type in 4; size 1 means that the real size follows in 8 bytes, size 0 "to the end" (ISO/IEC 14496-12, 4.2).
    """

    def __init__(self) -> None:
        self._header = bytearray()
        self._left = 0  # bytes of the current box that are still to come
        self._runs_to_end = False
        self._seen: set[bytes] = set()

    def feed(self, chunk: bytes) -> None:
        """Parse the bytes. Raises BadVideo at the first impossible byte."""
        view = memoryview(chunk)
        while view and not self._runs_to_end:
            if self._left:
                step = min(self._left, len(view))
                self._left -= step
            else:
                step = self._read_header(view)
            view = view[step:]

    def finish(self) -> None:
        if self._header or self._left:
            raise BadVideo("the file ends inside a box")
        if missing := _REQUIRED - self._seen:
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
        self._runs_to_end = size == 0
        if size and size < len(self._header):
            raise BadVideo("a box is smaller than its own header")
        self._left = max(0, size - len(self._header))
        self._seen.add(kind)
        self._header.clear()

    def _size(self) -> int:
        return int.from_bytes(self._header[:4], "big")
