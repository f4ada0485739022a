"""Kling's two ways to prove who asks: a static API key, or a short-lived token signed with a key pair."""

from dataclasses import dataclass, field
from time import time
from typing import Any, Protocol

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.errors import AccountProblem, Busy
from keepreel.settings import settings

# Clocks differ: Kling's own sample dates the token five seconds back.
_TOKEN_LASTS_SECONDS = 1800
_TOKEN_STARTS_BEFORE_SECONDS = 5
# Any other error of Secrets Manager passes by itself.
_FOR_THE_OPERATOR = (
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",
    "ResourceNotFoundException",
)


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
    """Our keys, from the secret; `fresh` reads it again at once. Raises AccountProblem, or Busy when it cannot be read.

    Both may be raised before a submit, since nothing has been sent by then.
    """
    held = _secret(fresh=fresh)
    if "api_key" in held:
        return ApiKey(_key(held, "api_key"))
    return KeyPair(_key(held, "access_key"), _key(held, "secret_key"))


# No `from error` in here: what went wrong may hold what the secret holds.
def _secret(*, fresh: bool) -> dict[str, Any]:
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        return aws.secret(settings().kling_secret_name, fresh=fresh)
    except GetParameterError as error:
        refusal = error.__context__  # Powertools raises its own error while it handles the one of AWS
        if isinstance(refusal, ClientError) and refusal.response["Error"]["Code"] in _FOR_THE_OPERATOR:
            raise AccountProblem(f"the Kling secret cannot be read: {refusal.response['Error']['Code']}") from None
        raise Busy("the store of secrets did not answer") from None
    except (TypeError, ValueError):
        raise AccountProblem("the Kling secret is not a JSON object") from None


def _key(held: dict[str, Any], name: str) -> str:
    """A key fit for a header: one that is not would be quoted in the error that the HTTP library raises."""
    key = str(held.get(name) or "").strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise AccountProblem(f"the Kling secret lacks a usable {name}")
    return key
