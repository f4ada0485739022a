"""API keys of real providers in the user's environment. A provider with a key is used instead of its simulator."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


class BadKeys(Exception):
    """The environment variables of a real provider are incomplete or invalid. The message says what to set."""


@dataclass(frozen=True, kw_only=True)
class RealProvider:
    base_url: str
    keys: dict[str, str] = field(repr=False)  # the content of its secret


def take_keys(variables: Mapping[str, str]) -> dict[str, str]:
    """Remove variables from the environment and return their values by key name; "" for a missing one.

    From then on the keys are only in the local Secrets Manager.
    """
    return {name: os.environ.pop(variable, "") for name, variable in variables.items()}


def take_base_url(variable: str, *, default: str, is_used: bool) -> str:
    """Remove the variable from the environment and return its value, or the default.

    Raises BadKeys for an invalid URL if the real provider `is_used`; without keys the variable has no effect.
    """
    base_url = os.environ.pop(variable, "")
    if is_used and base_url and not base_url.startswith(("https://", "http://127.0.0.1:")):
        raise BadKeys(f"{variable} must start with https://")
    return base_url or default
