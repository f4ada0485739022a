"""Kling authentication: a static API key, or a short-lived JWT signed with an access key and a secret key."""

from dataclasses import dataclass, field
from time import time
from typing import Protocol

from keepreel.errors import AccountProblem
from keepreel.providers import credentials, registry

_TOKEN_SECONDS = 1800
# Clocks differ, so Kling's own sample dates the token back by five seconds.
_TOKEN_BACKDATED_SECONDS = 5


class Authentication(Protocol):
    def token(self, path: str) -> str:
        """Return the bearer token for a request to this path."""
        ...


@dataclass(frozen=True)
class ApiKey:
    """An API key, valid for every endpoint."""

    key: str = field(repr=False)

    def token(self, path: str) -> str:  # noqa: ARG002
        return self.key


@dataclass(frozen=True)
class KeyPair:
    """An access key and a secret key, valid for the legacy endpoints only: others answer 401, code 1002."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def token(self, path: str) -> str:
        import jwt  # imported here, because accounts with an API key do not need it

        if not path.startswith("/v1/"):
            raise AccountProblem(f"{path} needs an API key, but the Kling secret has an access key and a secret key")
        now = int(time())
        claims = {"iss": self.access_key, "exp": now + _TOKEN_SECONDS, "nbf": now - _TOKEN_BACKDATED_SECONDS}
        return jwt.encode(claims, self.secret_key, algorithm="HS256")


def authentication(*, fresh: bool = False) -> Authentication:
    """Return the keys from the secret; `fresh` bypasses the cache. Raises like `credentials.read_secret`."""
    secret = credentials.read_secret(registry.info("kling").secret_name(), title="Kling", fresh=fresh)
    if "api_key" in secret:
        return ApiKey(credentials.key(secret, "api_key", title="Kling"))
    access_key, secret_key = (credentials.key(secret, name, title="Kling") for name in ("access_key", "secret_key"))
    return KeyPair(access_key, secret_key)
