"""What can be set at the Higgsfield simulator, and what can go wrong there."""

from dataclasses import dataclass

from local.simulators.core.faults import ANYWHERE, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import Settings

_QUEUED_SHARE = 0.2  # of a request's time, where nothing else is said


@dataclass(frozen=True, kw_only=True)
class HiggsfieldSettings(Settings):
    """`concurrency` is the account's, whatever the model; `link_ttl_seconds` is a file's life from its finish on."""

    link_ttl_seconds: float = 7 * 86400
    queue_seconds: float | None = None  # from accepted to in progress; None for a fifth of `finish_seconds`

    @property
    def queued_for_seconds(self) -> float:
        return self.finish_seconds * _QUEUED_SHARE if self.queue_seconds is None else self.queue_seconds


_CODE = {"status": REQUIRED, "detail": None}  # an HTTP status, with its usual words or others

KINDS: Kinds = {
    "create": {
        **ANYWHERE,
        "code": _CODE,
        "lose_reply": {},  # accepted, and then the connection is dropped
        "task_fails": {"message": "Generation failed"},
        "nsfw": {},
        "canceled": {},  # by the provider itself
        "never_finishes": {},
    },
    "query": {
        **ANYWHERE,
        "code": _CODE,
        "http_500": {},
        "vanish": {},  # as if the request had never been
        "unknown_status": {"word": "reviewing"},
    },
    "cancel": {**ANYWHERE, "code": _CODE, "lose_reply": {}},
    "upload": {**ANYWHERE, "code": _CODE},  # asking where to
    "upload_file": {**ANYWHERE, "code": _CODE},
    "download": DOWNLOAD,
}
