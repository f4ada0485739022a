"""Higgsfield in the local stack: its simulator, and the real Higgsfield if the environment has a key."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.providers.keys import BadKeys, RealProvider, take_base_url, take_keys

if TYPE_CHECKING:
    from local.simulators.higgsfield.simulator import HiggsfieldSimulator

REAL_BASE_URL = "https://api.higgsfield.ai"
_VARIABLES = {"key": "HIGGSFIELD_KEY", "key_id": "HIGGSFIELD_API_KEY", "secret": "HIGGSFIELD_API_SECRET"}
# Not secret: it opens a server on this machine only.
SIMULATOR_SECRET = {"key": "local-key-id:local-secret"}


def simulator(settings: Mapping[str, Any]) -> "HiggsfieldSimulator":
    from local.simulators.higgsfield.simulator import HiggsfieldSimulator  # takes a second to import

    return HiggsfieldSimulator(**{**SIMULATOR_SECRET, **settings})


def take_real() -> RealProvider | None:
    """Remove Higgsfield's variables from the environment and return the real Higgsfield, or None without a key.

    Raises BadKeys for an incomplete pair, for a key that is not `<key id>:<secret>`, and for an invalid base URL.
    """
    keys = take_keys(_VARIABLES)
    base_url = take_base_url("HIGGSFIELD_BASE_URL", default=REAL_BASE_URL, is_used=any(keys.values()))
    if bool(keys["key_id"]) != bool(keys["secret"]):
        raise BadKeys("set both HIGGSFIELD_API_KEY and HIGGSFIELD_API_SECRET, or only HIGGSFIELD_KEY")
    if not any(keys.values()):
        return None
    key = keys["key"] or f"{keys['key_id']}:{keys['secret']}"
    if not re.fullmatch(r"[^\s:]+:\S+", key):
        raise BadKeys("HIGGSFIELD_KEY must be <key id>:<secret>, as shown on Higgsfield's page for API keys")
    return RealProvider(base_url=base_url, keys={"key": key})
