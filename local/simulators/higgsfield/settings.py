"""The settings and the faults of the Higgsfield simulator."""

from dataclasses import dataclass

from local.simulators.core.faults import COMMON, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import Settings

_QUEUED_SHARE = 0.2  # default share of a request's time


@dataclass(frozen=True, kw_only=True)
class HiggsfieldSettings(Settings):
    """`concurrency` applies to the account, over all models. `link_ttl_seconds` counts from the end of the task."""

    link_ttl_seconds: float = 7 * 86400
    queue_seconds: float | None = None  # from accepted to in progress; None means a fifth of `finish_seconds`

    @property
    def queued_for_seconds(self) -> float:
        return self.finish_seconds * _QUEUED_SHARE if self.queue_seconds is None else self.queue_seconds


_CODE = {"status": REQUIRED, "detail": None}  # an HTTP status; `detail` replaces the default message

KINDS: Kinds = {
    "create": {
        **COMMON,
        "code": _CODE,
        "lose_reply": {},  # the request is accepted, and then the connection is closed
        "task_fails": {"message": "Generation failed"},
        "nsfw": {},
        "canceled": {},  # by the provider
        "never_finishes": {},
    },
    "query": {
        **COMMON,
        "code": _CODE,
        "http_500": {},
        "vanish": {},  # as if the request did not exist
        "unknown_status": {"word": "reviewing"},
    },
    "cancel": {**COMMON, "code": _CODE, "lose_reply": {}},
    "upload": {**COMMON, "code": _CODE},  # the request for an upload URL
    "upload_file": {**COMMON, "code": _CODE},
    "download": DOWNLOAD,
}
