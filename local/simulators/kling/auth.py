"""Kling's two kinds of credentials: an API key for both APIs, and a signed token for the legacy API only."""

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

import jwt

from local.simulators.kling.codes import ApiError

# The times are checked against the simulator's clock, and undocumented claims are ignored.
_LENIENT = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "require": ["iss", "exp"],
}
_NEEDS_API_KEY = (
    "Authentication error. The current API does not support AK/SK; "
    "please go to the console (https://kling.ai/dev/api-key) to create API key."
)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    api_key: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def check(self, authorization: str, *, now: float, allow_token: bool) -> None:
        """Raise ApiError unless the Authorization header is valid."""
        if not authorization.strip():
            raise ApiError(1001)
        scheme, _, credential = authorization.partition(" ")
        if scheme != "Bearer":
            raise ApiError(1002)
        if compare_digest(credential.encode(), self.api_key.encode()):
            return
        if credential.count(".") != 2:
            raise ApiError(1002, "api key not found")
        if not allow_token:
            raise ApiError(1002, _NEEDS_API_KEY)
        self._check_times(self._claims(credential), now=now)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self.secret_key, algorithms=["HS256"], issuer=self.access_key, options=_LENIENT)  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            raise ApiError(1002) from None

    def _check_times(self, claims: dict[str, Any], *, now: float) -> None:
        if claims.get("nbf", 0) > now:
            raise ApiError(1003)
        if claims["exp"] <= now:
            raise ApiError(1004)
