"""Reset this process to the state of a cold start, so that a second stack sees nothing of the first."""

import sys
from types import ModuleType

from pynamodb.models import Model

_PACKAGES = {"keepreel", "functions"}


def reset_caches() -> None:
    """Clear every cache that Keepreel's modules and tables keep per process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _PACKAGES:
            _reset(module)


def _reset(module: ModuleType) -> None:
    for value in list(vars(module).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()
        if isinstance(value, type) and issubclass(value, Model):
            value._connection = None
