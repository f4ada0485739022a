"""MP4 check: verify while streaming that a file is an MP4 and that none of its media is missing."""

from keepreel.errors import BadVideo

_REQUIRED = frozenset({b"moov", b"mdat"})
_PADDING = frozenset({b"free", b"skip", b"wide"})
_FIRST = frozenset({b"ftyp", b"styp", b"pdin", b"pnot", b"uuid", b"moov", b"mdat"}) | _PADDING
MAX_BOXES = 100_000  # a film of minutes has a few thousand
_MEDIA = frozenset({b"moov", b"mdat", b"moof"})


class BoxCheck:
    """Takes every chunk in order; `finish` raises BadVideo unless they form a playable MP4 from which nothing is cut.

    A box has its size in 4 bytes and its type in 4; size 1 means that the real size follows in 8 bytes, size 0 "to the
    end" (ISO/IEC 14496-12, 4.2). An error page does not start with a box.

    With `has_known_end`, the transfer already proves that the provider's file arrived completely. So the file may have
    no `ftyp`, a last box without a size, and bytes that are no box after its media, as players accept them. Without it
    the boxes are the only proof: the file must start with `ftyp`, after padding, and end with a complete box.

    The boxes do not prove that the media is complete; `samples.check` does.
    """

    def __init__(self, *, has_known_end: bool = False) -> None:
        self._has_known_end = has_known_end
        self._header = bytearray()
        self._kind = b""
        self._left = 0  # bytes of the current box that are still to come
        self._boxes = 0
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
        is_media_cut = self._left > 0 and self._kind in _MEDIA
        is_cut = bool(self._header) or self._left > 0
        if is_media_cut or (is_cut and not self._accepts_trailing_bytes()):
            raise BadVideo("the file ends inside a box")
        if missing := _REQUIRED - self._seen:
            raise BadVideo(f"the file has no {', '.join(sorted(name.decode() for name in missing))}")

    def _accepts_trailing_bytes(self) -> bool:
        return self._has_known_end and self._seen >= _REQUIRED

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
        self._boxes += 1
        if self._boxes > MAX_BOXES:
            raise BadVideo("the file has too many boxes")
        self._check_first(kind)
        if size == 1:
            size = int.from_bytes(self._header[8:16], "big")
        self._runs_to_end = size == 0
        if self._runs_to_end and not self._has_known_end:
            raise BadVideo("the file ends with a box without a size, so it may be cut")
        if size and size < len(self._header):
            if not self._accepts_trailing_bytes():
                raise BadVideo("a box is smaller than its own header")
            self._runs_to_end = True
        self._left = max(0, size - len(self._header))
        self._kind = kind
        self._seen.add(kind)
        self._header.clear()

    def _check_first(self, kind: bytes) -> None:
        is_expected = kind in (_FIRST if self._has_known_end else _PADDING | {b"ftyp"})
        if self._seen <= _PADDING and not is_expected:
            raise BadVideo("this is not an MP4 file")

    def _size(self) -> int:
        return int.from_bytes(self._header[:4], "big")
