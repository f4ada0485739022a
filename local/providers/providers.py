"""The stack's providers: a simulator for each, or the real one if the user's environment has its keys."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from keepreel.providers import registry
from local.providers import higgsfield, kling
from local.providers.keys import RealProvider

if TYPE_CHECKING:
    from local.simulators.core.simulator import ProviderSimulator

_NOT_RUNNING = "http://127.0.0.1:9"  # no server listens there


class LocalProvider(Protocol):
    """A module that adds one provider of the registry to the local stack."""

    SIMULATOR_SECRET: dict[str, str]  # the content of the provider's secret, with keys that the simulator accepts

    def simulator(self, settings: Mapping[str, Any]) -> "ProviderSimulator[Any, Any]": ...

    def take_real(self) -> RealProvider | None: ...


LOCAL_PROVIDERS: dict[str, LocalProvider] = {"kling": kling, "higgsfield": higgsfield}


class Providers:
    """Removes the real providers' keys from the environment. Raises BadKeys."""

    def __init__(self) -> None:
        self.real = {name: real for name in registry.PROVIDERS if (real := LOCAL_PROVIDERS[name].take_real())}
        self.simulators: dict[str, ProviderSimulator[Any, Any]] = {}  # without those whose real provider is used

    def simulate(self, settings: Mapping[str, Any], *, closing: ExitStack) -> None:
        """Start a simulator with these settings for each provider that is not real, until `closing` ends."""
        for name in [name for name in registry.PROVIDERS if name not in self.real]:
            simulator = LOCAL_PROVIDERS[name].simulator(settings)
            simulator.start()
            closing.callback(simulator.stop)
            self.simulators[name] = simulator

    @property
    def base_urls(self) -> dict[str, str]:
        servers = {name: self.real.get(name) or self.simulators.get(name) for name in registry.PROVIDERS}
        return {name: server.base_url if server else _NOT_RUNNING for name, server in servers.items()}

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """The content of Secrets Manager, by secret name."""
        real_keys = {name: real.keys for name, real in self.real.items()}
        return {
            _secret_name(name): real_keys.get(name) or LOCAL_PROVIDERS[name].SIMULATOR_SECRET
            for name in registry.PROVIDERS
        }

    @property
    def parameters(self) -> dict[str, str]:
        """The template parameters: `<Name>BaseUrl` and `<Name>SecretName` of each provider, and WaitScale."""
        urls = {f"{name.title()}BaseUrl": url for name, url in self.base_urls.items()}
        secrets = {f"{name.title()}SecretName": _secret_name(name) for name in registry.PROVIDERS}
        return {**urls, **secrets, "WaitScale": "1" if self.real else "0.1"}

    def described(self, *names: str) -> str:
        """Return one line for each of these providers, or for all, that says whether its videos cost money."""
        return "\n".join(map(self._one_described, names or registry.PROVIDERS))

    def _one_described(self, name: str) -> str:
        title, url = registry.info(name).title, self.base_urls[name]
        if name in self.real:
            return f"Provider      the real {title} at {url}, with your key: EVERY VIDEO COSTS MONEY"
        return f"Provider      a simulator of {title} at {url}, which costs nothing"


def _secret_name(provider: str) -> str:
    return f"keepreel/local/{provider}"
