"""Which Kling the stack uses: the simulator, or the real one when the user's environment has its keys."""

import os
from dataclasses import dataclass, field

REAL_KLING = "https://api-singapore.klingai.com"

_VARIABLES = {"api_key": "KLING_API_KEY", "access_key": "KLING_ACCESS_KEY", "secret_key": "KLING_SECRET_KEY"}

# What the simulator takes. It is no secret: it opens a server of our own on this machine.
SIMULATED_KEYS = {
    "api_key": "local-api-key",
    "access_key": "local-access-key",
    "secret_key": "local-secret-key-of-32-characters",
}


class BadKeys(Exception):
    """What the environment says about the real provider cannot be meant; the message says what to set."""


@dataclass(frozen=True, kw_only=True)
class RealKling:
    base_url: str
    keys: dict[str, str] = field(repr=False)


def take_real_kling() -> RealKling | None:
    """The real provider's keys, which leave the environment here and live in the local Secrets Manager alone.

    A host without keys means nothing. Raises BadKeys for half a pair of keys, and for what is no host.
    """
    given = {name: os.environ.pop(variable, "") for name, variable in _VARIABLES.items()}
    base_url = os.environ.pop("KLING_BASE_URL", "") or REAL_KLING
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise BadKeys("KLING_ACCESS_KEY and KLING_SECRET_KEY belong together; set both, or KLING_API_KEY alone")
    if not any(given.values()):
        return None
    if not base_url.startswith(("https://", "http://127.0.0.1:")):
        raise BadKeys("KLING_BASE_URL must start with https://")
    if given["api_key"]:
        return RealKling(base_url=base_url, keys={"api_key": given["api_key"]})
    return RealKling(base_url=base_url, keys={name: given[name] for name in ("access_key", "secret_key")})
