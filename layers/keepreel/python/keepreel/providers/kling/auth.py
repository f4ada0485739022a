"""Kling's two ways to prove who asks: a static API key, or a short-lived token signed with a key pair."""

from dataclasses import dataclass, field
from time import time
from typing import Protocol

from keepreel.errors import AccountProblem
from keepreel.providers import credentials as secret_keys
from keepreel.settings import settings

# Clocks differ: Kling's own sample dates the token five seconds back.
_TOKEN_LASTS_SECONDS = 1800
_TOKEN_STARTS_BEFORE_SECONDS = 5


class Credentials(Protocol):
    def token(self, path: str) -> str:
        """What stands behind `Bearer` in a request to this path."""
        ...


@dataclass(frozen=True)
class ApiKey:
    """Kling's present way, good for every endpoint."""

    key: str = field(repr=False)

    def token(self, path: str) -> str:  # noqa: ARG002
        return self.key


@dataclass(frozen=True)
class KeyPair:
    """Kling's older way, good for the legacy endpoints alone: elsewhere Kling answers 401, code 1002."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def token(self, path: str) -> str:
        import jwt  # only who still has such keys pays for the import

        if not path.startswith("/v1/"):
            raise AccountProblem(f"{path} needs an API key; the Kling secret holds an access key and a secret key")
        now = int(time())
        claims = {"iss": self.access_key, "exp": now + _TOKEN_LASTS_SECONDS, "nbf": now - _TOKEN_STARTS_BEFORE_SECONDS}
        return jwt.encode(claims, self.secret_key, algorithm="HS256")


def credentials(*, fresh: bool = False) -> Credentials:
    """Our keys, from the secret; `fresh` reads it again at once. Raises as `secret_keys.held`."""
    secret = secret_keys.held(settings().kling_secret_name, provider="Kling", fresh=fresh)
    if "api_key" in secret:
        return ApiKey(secret_keys.usable(secret, "api_key", provider="Kling"))
    access_key, secret_key = (
        secret_keys.usable(secret, name, provider="Kling") for name in ("access_key", "secret_key")
    )
    return KeyPair(access_key, secret_key)
