"""Wait for a condition in another thread. Only a failing test waits to the end, however slow the machine."""

import time
from collections.abc import Callable

_TIMEOUT_SECONDS = 120


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.01)
