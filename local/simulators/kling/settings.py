"""The settings and the faults of the Kling simulator."""

from dataclasses import dataclass

from local.simulators.core.faults import COMMON, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class KlingSettings(Settings):
    lookup_lag_seconds: float = 0  # how long a new task cannot be found by the caller's id


_CODE = {"code": REQUIRED, "message": None}  # a service code

KINDS: Kinds = {
    "create": {
        **COMMON,
        "code": _CODE,
        "lose_reply": {},  # the request is accepted, and then the connection is closed
        "task_fails": {"message": "Failure to pass the risk control system"},
        "never_finishes": {},
    },
    "query": {
        **COMMON,
        "code": _CODE,
        "http_500": {},
        "vanish": {},  # as if the task did not exist
        "unknown_status": {"word": "reviewing"},
    },
    "download": DOWNLOAD,
}
