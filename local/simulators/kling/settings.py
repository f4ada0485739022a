"""What can be set at the Kling simulator, and what can go wrong there."""

from dataclasses import dataclass

from local.simulators.core.faults import ANYWHERE, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class KlingSettings(Settings):
    lookup_lag_seconds: float = 0  # how long a new task cannot be found by the caller's own id


_CODE = {"code": REQUIRED, "message": None}  # a service code

KINDS: Kinds = {
    "create": {
        **ANYWHERE,
        "code": _CODE,
        "lose_reply": {},  # accepted, and then the connection is dropped
        "task_fails": {"message": "Failure to pass the risk control system"},
        "never_finishes": {},
    },
    "query": {
        **ANYWHERE,
        "code": _CODE,
        "http_500": {},
        "vanish": {},  # as if the task had never been
        "unknown_status": {"word": "reviewing"},
    },
    "download": DOWNLOAD,
}
