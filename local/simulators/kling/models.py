"""The models of each Kling API, with their durations, resolutions, prompt limit and prices."""

from dataclasses import dataclass
from decimal import Decimal

from local.simulators.kling.codes import ApiError

SHORT_SIDES = {"720p": 720, "1080p": 1080, "4k": 2160}
RESOLUTIONS = {"std": "720p", "pro": "1080p", "4k": "4k"}  # the legacy `mode` as a resolution of the tasks API
_DISCONTINUED = "kling-v1"
_SHORT, _LONG = (5, 10), tuple(range(3, 16))


@dataclass(frozen=True, kw_only=True)
class Model:
    durations: tuple[int, ...] = _SHORT
    resolutions: tuple[str, ...] = ("720p", "1080p")
    prompt_limit: int = 2500
    usd_per_second: tuple[str, ...] = ("0.056", "0.098")  # one per resolution

    def price_usd(self, *, resolution: str, seconds: int) -> Decimal:
        return Decimal(self.usd_per_second[self.resolutions.index(resolution)]) * seconds


_MODEL_3 = Model(
    durations=_LONG, resolutions=("720p", "1080p", "4k"), prompt_limit=3072, usd_per_second=("0.084", "0.112", "0.42")
)

# The legacy API names the model in the body, the tasks API in the path.
LEGACY = {
    "kling-v1-5": Model(),
    "kling-v1-6": Model(),
    "kling-v2-master": Model(),
    "kling-v2-1": Model(),
    "kling-v2-1-master": Model(),
    "kling-v2-5-turbo": Model(usd_per_second=("0.042", "0.07")),
    "kling-v2-6": Model(usd_per_second=("0.042", "0.07")),
    "kling-v3": _MODEL_3,
}
TASKS_API = {
    "kling-2.5-turbo": Model(usd_per_second=("0.042", "0.07")),
    "kling-2.6": Model(usd_per_second=("0.042", "0.07")),
    "kling-3.0-turbo": Model(durations=_LONG, usd_per_second=("0.112", "0.14")),
    "kling-3.0": _MODEL_3,
}


def model(models: dict[str, Model], name: str, *, kind: str, unavailable: tuple[str, ...]) -> Model:
    """Return the model. Raises ApiError 1203 if the model is unknown or discontinued."""
    if name in unavailable or f"{kind}/{name}" in unavailable or name == _DISCONTINUED:
        raise ApiError(1203, f"The model '{name}' has been discontinued and is no longer available.")
    if name not in models:
        raise ApiError(1203, f"The model '{name}' does not exist.")
    return models[name]
