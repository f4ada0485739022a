"""The providers of a stack: each one a simulator, or the real one when the user's environment has its keys."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from local.providers import keys as provider_keys
from local.providers.keys import RealProvider

if TYPE_CHECKING:
    from local.simulators.higgsfield.simulator import HiggsfieldSimulator
    from local.simulators.kling.simulator import KlingSimulator

_TAKE: Mapping[str, Callable[[], RealProvider | None]] = {
    "kling": provider_keys.take_kling,
    "higgsfield": provider_keys.take_higgsfield,
}

# What the simulators take. It is no secret: it opens servers of our own on this machine.
_SIMULATED_KLING = {
    "api_key": "local-api-key",
    "access_key": "local-access-key",
    "secret_key": "local-secret-key-of-32-characters",
}
_SIMULATED_HIGGSFIELD = {"key": "local-key-id:local-secret"}
_SIMULATED_KEYS = {"kling": {"api_key": _SIMULATED_KLING["api_key"]}, "higgsfield": _SIMULATED_HIGGSFIELD}

_NOWHERE = "http://127.0.0.1:9"  # where nothing answers


class Providers:
    """Takes the real providers' keys out of the environment. Raises BadKeys."""

    def __init__(self) -> None:
        self.real = {name: real for name, take in _TAKE.items() if (real := take())}
        self.kling: KlingSimulator | None = None  # None where the real one is used
        self.higgsfield: HiggsfieldSimulator | None = None

    def simulate(self, settings: Mapping[str, Any], *, closing: ExitStack) -> None:
        """Starts a simulator for each that is not real, all with these settings, until `closing`."""
        # Here and not above: they take a second to import.
        from local.simulators.higgsfield.simulator import HiggsfieldSimulator
        from local.simulators.kling.simulator import KlingSimulator

        if "kling" not in self.real:
            self.kling = KlingSimulator(**{**_SIMULATED_KLING, **settings})
            self.kling.start()
            closing.callback(self.kling.stop)
        if "higgsfield" not in self.real:
            self.higgsfield = HiggsfieldSimulator(**{**_SIMULATED_HIGGSFIELD, **settings})
            self.higgsfield.start()
            closing.callback(self.higgsfield.stop)

    @property
    def base_urls(self) -> dict[str, str]:
        simulated = {"kling": self.kling, "higgsfield": self.higgsfield}
        found = {name: self.real.get(name) or simulated[name] for name in _TAKE}
        return {name: it.base_url if it else _NOWHERE for name, it in found.items()}

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """What Secrets Manager holds, by name."""
        keys = {**_SIMULATED_KEYS, **{name: real.keys for name, real in self.real.items()}}
        return {_secret_name(name): keys[name] for name in _TAKE}

    @property
    def parameters(self) -> dict[str, str]:
        """What the template is told of them."""
        urls = {f"{name.title()}BaseUrl": url for name, url in self.base_urls.items()}
        secrets = {f"{name.title()}SecretName": _secret_name(name) for name in _TAKE}
        return {**urls, **secrets, "WaitScale": "1" if self.real else "0.1"}

    def described(self, *names: str) -> str:
        """These in words, or all of them, for whoever may have to pay."""
        return "\n".join(map(self._one_described, names or _TAKE))

    def _one_described(self, name: str) -> str:
        url = self.base_urls[name]
        if name in self.real:
            return f"Provider      the real {name.title()} at {url}, with your key: EVERY VIDEO COSTS MONEY"
        return f"Provider      a simulator of {name.title()} at {url}, which costs nothing"


def _secret_name(provider: str) -> str:
    return f"keepreel/local/{provider}"
