"""Makes this process as fresh as a new Lambda environment, so that a second stack meets nothing of the first."""

import sys
from types import ModuleType

from aws_lambda_powertools.utilities import parameters
from pynamodb.models import Model

_OURS = {"keepreel", "functions"}


def forget() -> None:
    """Empties every cache that our code, its tables and its parameters keep for the life of a process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _OURS:
            _forget(module)
    parameters.clear_caches()  # type: ignore[no-untyped-call]


def _forget(module: ModuleType) -> None:
    for value in list(vars(module).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()
        if isinstance(value, type) and issubclass(value, Model):
            value._connection = None
