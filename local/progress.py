"""Live lines on a terminal, or a line per change where nobody watches."""

import time
from collections.abc import Sequence
from itertools import zip_longest
from types import TracebackType
from typing import TextIO


class Progress:
    """Shows rows of words, each with the seconds since it was made. As a context manager it ends the live lines."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_live = terminal.isatty()
        self._started_at = time.monotonic()
        self._shown: Sequence[str] = ()

    def show(self, rows: Sequence[str]) -> None:
        seconds = int(time.monotonic() - self._started_at)
        if self._is_live:
            # Back to the first line's start, and clear each.
            up = f"\033[{len(self._shown) - 1}A" if len(self._shown) > 1 else ""
            self._print(up + "\n".join(f"\r\033[K{_line(row, seconds=seconds)}" for row in rows), end="")
        else:
            for row in (row for row, was in zip_longest(rows, self._shown, fillvalue="") if row != was):
                self._print(_line(row, seconds=seconds))
        self._shown = rows

    def wait(self, seconds: float, *, rows: Sequence[str]) -> None:
        """Lets the seconds pass, visibly."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.show(rows)
            time.sleep(min(left, 0.5))

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_live and self._shown:
            self._print("")

    def _print(self, text: str, *, end: str = "\n") -> None:
        print(text, end=end, file=self._terminal, flush=True)


def _line(row: str, *, seconds: int) -> str:
    return f"{row:<12}{seconds:>4} s"
