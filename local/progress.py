"""One live line on a terminal, or a line per change where nobody watches."""

import time
from types import TracebackType
from typing import TextIO


class Progress:
    """Shows a status and the seconds since it was made. As a context manager it ends the live line."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._is_live = terminal.isatty()
        self._started_at = time.monotonic()
        self._shown = ""

    def show(self, status: str) -> None:
        seconds = int(time.monotonic() - self._started_at)
        if self._is_live:
            # Back to the line's start, and clear it.
            self._print(f"\r\033[K{status:<12}{seconds:>4} s", end="")
        elif status != self._shown:
            self._print(f"{status:<12}{seconds:>4} s")
        self._shown = status

    def wait(self, seconds: float, *, status: str) -> None:
        """Lets the seconds pass, visibly."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.show(status)
            time.sleep(min(left, 0.5))

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_live and self._shown:
            self._print("")

    def _print(self, text: str, *, end: str = "\n") -> None:
        print(text, end=end, file=self._terminal, flush=True)
