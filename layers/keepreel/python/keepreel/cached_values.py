"""Values that are cached for five minutes, such as secrets and parameters."""

import time
from collections.abc import Callable

_CACHE_SECONDS = 300


class CachedValues:
    """Values by name, each read again after five minutes. An error is not cached."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._values: dict[str, tuple[str, float]] = {}

    def get(self, name: str, *, fresh: bool = False) -> str:
        """Return the value; `fresh` bypasses the cache. Raises an error of STORE_ERRORS."""
        value, expires_at = self._values.get(name, ("", 0.0))
        if fresh or time.time() >= expires_at:
            value = self._read(name)
            self._values[name] = (value, time.time() + _CACHE_SECONDS)
        return value

    def clear_cache(self) -> None:
        self._values.clear()
