"""The settings and the faults of the Kling simulator."""

from dataclasses import dataclass

from local.simulators.core.callbacks import is_secret
from local.simulators.core.faults import COMMON, DOWNLOAD, REQUIRED, Kinds
from local.simulators.core.settings import BadSettings, Settings, choice


@dataclass(frozen=True, kw_only=True)
class KlingSettings(Settings):
    """Which service code comes with the words for a retired model is not known, so it can be chosen."""

    lookup_lag_seconds: float = 0  # how long a new task cannot be found by the caller's id
    extra_models: tuple[str, ...] = ()  # retired or unreleased models that are served anyway
    retired_code: int = 1203  # 0: a response without a code
    retired_status: int | None = None  # HTTP status instead of the code's own, such as 410
    duplicate_ids: str = choice("refused", "accepted")  # a second task with the caller's id of an earlier one
    billing: str = choice("cash", "units", "split", "test_balance")  # what pays: balance, resource pack, both, yuan
    callback_secrets: tuple[str, ...] = ()  # `whsec_…`; two during a rotation; without any, callbacks are unsigned

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(is_secret(it) for it in self.callback_secrets):
            raise BadSettings("callback_secrets must be `whsec_` and base64")


_CODE = {"code": REQUIRED, "message": None, "with_data": False}  # a service code; `with_data` adds `data: null`

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
