"""The real providers' keys, which the user's environment may have: whoever sets one wants the real provider."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field


class BadKeys(Exception):
    """What the environment says about a real provider cannot be meant; the message says what to set."""


@dataclass(frozen=True, kw_only=True)
class RealProvider:
    base_url: str
    keys: dict[str, str] = field(repr=False)  # as its secret holds them


REAL_KLING = "https://api-singapore.klingai.com"
REAL_HIGGSFIELD = "https://api.higgsfield.ai"

_KLING = {"api_key": "KLING_API_KEY", "access_key": "KLING_ACCESS_KEY", "secret_key": "KLING_SECRET_KEY"}
_HIGGSFIELD = {"key": "HIGGSFIELD_KEY", "key_id": "HIGGSFIELD_API_KEY", "secret": "HIGGSFIELD_API_SECRET"}


def take_kling() -> RealProvider | None:
    """The keys, which leave the environment here and live in the local Secrets Manager alone.

    A host without keys means nothing. Raises BadKeys for half a pair of keys, and for what is no host.
    """
    given = _taken(_KLING)
    base_url = _taken_host("KLING_BASE_URL", needed=any(given.values())) or REAL_KLING
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise BadKeys("KLING_ACCESS_KEY and KLING_SECRET_KEY belong together; set both, or KLING_API_KEY alone")
    if not any(given.values()):
        return None
    names = ("api_key",) if given["api_key"] else ("access_key", "secret_key")
    return RealProvider(base_url=base_url, keys={name: given[name] for name in names})


def take_higgsfield() -> RealProvider | None:
    """As `take_kling`. Also raises BadKeys for a key that is not an id and a secret with a colon between them."""
    given = _taken(_HIGGSFIELD)
    base_url = _taken_host("HIGGSFIELD_BASE_URL", needed=any(given.values())) or REAL_HIGGSFIELD
    if bool(given["key_id"]) != bool(given["secret"]):
        raise BadKeys("HIGGSFIELD_API_KEY and HIGGSFIELD_API_SECRET belong together; set both, or HIGGSFIELD_KEY alone")
    if not any(given.values()):
        return None
    key = given["key"] or f"{given['key_id']}:{given['secret']}"
    if not re.fullmatch(r"[^\s:]+:\S+", key):
        raise BadKeys("HIGGSFIELD_KEY must be <key id>:<secret>, as Higgsfield's page for API keys shows the two")
    return RealProvider(base_url=base_url, keys={"key": key})


def _taken(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: os.environ.pop(variable, "") for name, variable in variables.items()}


def _taken_host(variable: str, *, needed: bool) -> str:
    host = os.environ.pop(variable, "")
    if needed and host and not host.startswith(("https://", "http://127.0.0.1:")):
        raise BadKeys(f"{variable} must start with https://")
    return host
