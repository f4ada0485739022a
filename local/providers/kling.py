"""Kling in the local stack: its simulator, and the real Kling if the environment has keys."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.providers.keys import BadKeys, RealProvider, take_base_url, take_keys

if TYPE_CHECKING:
    from local.simulators.kling.simulator import KlingSimulator

REAL_BASE_URL = "https://api-singapore.klingai.com"
_VARIABLES = {"api_key": "KLING_API_KEY", "access_key": "KLING_ACCESS_KEY", "secret_key": "KLING_SECRET_KEY"}
# Not secret: they open a server on this machine only.
SIMULATOR_SECRET = {"api_key": "local-api-key"}
_SIMULATOR_KEYS = {
    **SIMULATOR_SECRET,
    "access_key": "local-access-key",
    "secret_key": "local-secret-key-of-32-characters",
}


def simulator(settings: Mapping[str, Any]) -> "KlingSimulator":
    from local.simulators.kling.simulator import KlingSimulator  # takes a second to import

    return KlingSimulator(**{**_SIMULATOR_KEYS, **settings})


def take_real() -> RealProvider | None:
    """Remove Kling's variables from the environment and return the real Kling, or None without keys.

    Raises BadKeys for an incomplete key pair and for an invalid base URL.
    """
    keys = take_keys(_VARIABLES)
    base_url = take_base_url("KLING_BASE_URL", default=REAL_BASE_URL, is_used=any(keys.values()))
    if bool(keys["access_key"]) != bool(keys["secret_key"]):
        raise BadKeys("set both KLING_ACCESS_KEY and KLING_SECRET_KEY, or only KLING_API_KEY")
    if not any(keys.values()):
        return None
    names = ("api_key",) if keys["api_key"] else ("access_key", "secret_key")
    return RealProvider(base_url=base_url, keys={name: keys[name] for name in names})
