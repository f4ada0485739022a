"""API Gateway's JWT authorizer: validates the token and returns its claims."""

import jwt

from local.api.routes import JwtRules
from local.aws.template import Json


class Unauthorized(Exception):
    """The token is missing or invalid; the message goes into the `www-authenticate` header."""


class Authorizer:
    """Validates tokens by the rules of the template, with the public keys at `jwks_url`."""

    def __init__(self, rules: JwtRules, *, jwks_url: str) -> None:
        self._rules = rules
        self._keys = jwt.PyJWKClient(jwks_url, timeout=5)

    def claims(self, headers: dict[str, str]) -> dict[str, str]:
        """Return the claims as strings, as functions receive them. Raises Unauthorized."""
        header = headers.get(self._rules.header)
        if not header:
            raise Unauthorized("")
        try:
            claims = self._verified(_token(header))
        except jwt.PyJWTError as error:
            raise Unauthorized(str(error)) from error
        return {name: _text(value) for name, value in claims.items()}

    def _verified(self, token: str) -> dict[str, Json]:
        key = self._keys.get_signing_key_from_jwt(token)
        # Only RS256, so that "none" and HMAC with the public key as secret are rejected. `aud` is checked below,
        # because Cognito's access tokens have no `aud`.
        options: Json = {"require": ["exp", "iss"], "verify_aud": False, "strict_aud": False}
        claims = jwt.decode(token, key.key, algorithms=["RS256"], issuer=self._rules.issuer, options=options)
        audience = claims.get("aud", claims.get("client_id"))
        if not set(self._rules.audience) & set(audience if isinstance(audience, list) else [audience]):
            raise jwt.InvalidAudienceError("the token is not for this API")
        return dict(claims)


def _token(header: str) -> str:
    scheme, _, token = header.strip().rpartition(" ")
    if scheme and scheme.lower() != "bearer":
        raise Unauthorized("the scheme must be Bearer")
    return token


def _text(value: Json) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
