"""The settings and the faults of the Higgsfield simulator."""

from dataclasses import dataclass

from local.simulators.core.faults import COMMON, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import Settings, choice

_QUEUED_SHARE = 0.2  # default share of a request's time


@dataclass(frozen=True, kw_only=True)
class HiggsfieldSettings(Settings):
    """`concurrency` applies to the account, over all models. `link_ttl_seconds` counts from the end of the task.

    `unavailable_models` answer 404, `blocked_models` 423 and `disabled_models` 503; each is a list of model paths.
    """

    link_ttl_seconds: float = 7 * 86400
    queue_seconds: float | None = None  # from accepted to in progress; None means a fifth of `finish_seconds`
    blocked_models: tuple[str, ...] = ()
    disabled_models: tuple[str, ...] = ()
    discount_percent: float = 0  # of the account, on every price in numbers
    expired_link_status: int = 404  # or 410 or 403: the response to a download link whose file is gone
    upload_needs: str = choice("content type", "all headers")  # of the offered `upload_headers`

    @property
    def queued_for_seconds(self) -> float:
        return self.finish_seconds * _QUEUED_SHARE if self.queue_seconds is None else self.queue_seconds

    def refusal(self, model: str) -> int | None:
        """Return the HTTP status with which this model is refused, or None."""
        states = {404: self.unavailable_models, 423: self.blocked_models, 503: self.disabled_models}
        return next((status for status, names in states.items() if model in {name.strip("/") for name in names}), None)


_CODE = {"status": REQUIRED, "detail": None}  # an HTTP status; `detail` replaces the default message

KINDS: Kinds = {
    "create": {
        **COMMON,
        "code": _CODE,
        "lose_reply": {},  # the request is accepted, and then the connection is closed
        "task_fails": {"message": "Generation failed"},
        "nsfw": {},
        "canceled": {},  # by the provider
        "ends_as": {"status": REQUIRED},  # any final status word in any case, such as "ip_detected" or "NSFW"
        "never_finishes": {},
    },
    "estimate": {**COMMON, "code": _CODE},
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
