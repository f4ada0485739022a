"""The settings of a running simulator, which tests and demos change through Python or HTTP."""

from dataclasses import asdict, dataclass, fields, replace
from threading import Lock
from typing import Any, Generic, TypeVar


class BadSteering(ValueError):
    """A setting or a fault that the simulator does not know; the message says which, and what it knows."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every simulator has; a provider's own settings come on top."""

    finish_seconds: float = 12  # from accepted to finished
    concurrency: int = 20  # running tasks that there may be, of one model or altogether, as the provider counts
    link_ttl_seconds: float = 30 * 86400
    footage_short_side: int | None = None  # pixels, in place of what the resolution asks for; small is fast
    unavailable_models: tuple[str, ...] = ()  # "model", or "kind/model" for one kind of video alone

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "unavailable_models":
                if isinstance(value, str) or not all(isinstance(name, str) for name in value):
                    raise BadSteering("unavailable_models must be a list of names")
                object.__setattr__(self, field.name, tuple(value))  # JSON has lists only
            elif value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
                raise BadSteering(f"{field.name} must be a number that is not negative")


AnySettings = TypeVar("AnySettings", bound=Settings)


class Steering(Generic[AnySettings]):
    """Holds the settings; each change is one step, so that two at once both count."""

    def __init__(self, settings: AnySettings) -> None:
        self._lock = Lock()
        self.settings = settings

    def steer(self, **changes: Any) -> None:  # the fields of the settings
        unknown = changes.keys() - asdict(self.settings).keys()
        if unknown:
            raise BadSteering(f"unknown settings {sorted(unknown)}; there are {sorted(asdict(self.settings))}")
        with self._lock:
            self.settings = replace(self.settings, **changes)
