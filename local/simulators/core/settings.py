"""The settings that every simulator has, and a thread-safe holder to change them at run time."""

from dataclasses import asdict, dataclass, field, fields, replace
from threading import Lock
from typing import Any, Generic, TypeVar

from local.simulators.core.callbacks import DELIVERIES


class BadSettings(ValueError):
    """Unknown or invalid setting or fault; the message lists the known ones."""


def choice(*choices: str) -> Any:
    """A setting with one of these values; the first is the default."""
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of every simulator. Each provider's settings extend them."""

    finish_seconds: float = 12  # from accepted to finished
    concurrency: int = 20  # maximum number of running tasks, per model or per account, as the provider counts
    link_ttl_seconds: float = 30 * 86400
    video_short_side: int | None = None  # pixels, instead of the requested resolution; small videos encode fast
    unavailable_models: tuple[str, ...] = ()  # "model", or "kind/model" for one kind of video only
    callback_delivery: str = choice(*DELIVERIES)

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if choices := setting.metadata.get("choices"):
                if value not in choices:
                    raise BadSettings(f"{setting.name} must be one of {choices}")
            elif isinstance(setting.default, tuple):
                if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
                    raise BadSettings(f"{setting.name} must be a list of names")
                object.__setattr__(self, setting.name, tuple(value))  # JSON has only lists
            elif value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
                raise BadSettings(f"{setting.name} must be a number that is not negative")


AnySettings = TypeVar("AnySettings", bound=Settings)


class LiveSettings(Generic[AnySettings]):
    """The current settings. Updates are atomic, so two concurrent updates both take effect."""

    def __init__(self, settings: AnySettings) -> None:
        self._lock = Lock()
        self.current = settings

    def update(self, **changes: Any) -> None:  # the fields of the settings
        unknown = changes.keys() - asdict(self.current).keys()
        if unknown:
            raise BadSettings(f"unknown settings {sorted(unknown)}; known settings: {sorted(asdict(self.current))}")
        with self._lock:
            self.current = replace(self.current, **changes)
