"""Progress of videos: lines updated in place on a terminal, or one line per change in a log."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import TracebackType
from typing import TextIO


@dataclass(frozen=True)
class Row:
    text: str
    is_final: bool = False  # stops its seconds


class Progress:
    """Shows rows with the seconds since the start. Use it as a context manager, so that the cursor moves on."""

    def __init__(self, terminal: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._is_live = terminal.isatty()
        self._clock = clock
        self._started_at = clock()
        self._shown: Sequence[Row] = ()
        self._final_seconds: dict[int, int] = {}  # by the row's position

    def show(self, rows: Sequence[Row]) -> None:
        lines = [self._line(row, position=position) for position, row in enumerate(rows)]
        if self._is_live:
            # Move the cursor to the first line, and clear each line.
            up = f"\033[{len(self._shown) - 1}A" if len(self._shown) > 1 else ""
            self._print(up + "\n".join(f"\r\033[K{line}" for line in lines), end="")
        else:
            for line, row, was in zip_longest(lines, rows, self._shown):
                if row != was:
                    self._print(line)
        self._shown = rows

    def wait(self, seconds: float, *, rows: Sequence[Row]) -> None:
        """Wait, and update the seconds."""
        until = self._clock() + seconds
        while (left := until - self._clock()) > 0:
            self.show(rows)
            time.sleep(min(left, 0.5))

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_live and self._shown:
            self._print("")

    def _line(self, row: Row, *, position: int) -> str:
        seconds = int(self._clock() - self._started_at)
        if row.is_final:
            seconds = self._final_seconds.setdefault(position, seconds)
        return f"{row.text:<12}{seconds:>4} s"

    def _print(self, text: str, *, end: str = "\n") -> None:
        print(text, end=end, file=self._terminal, flush=True)
