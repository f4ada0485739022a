"""Differences between moto's Cognito and the real one: sign-in names without case, and a private signing key."""

from typing import Any

from joserfc.jwk import RSAKey
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool

_KEY_ID = "dummy"  # in every token that moto issues

_moto_get_user = CognitoIdpUserPool._get_user
_moto_log_user_in = CognitoIdpBackend._log_user_in


class NewKeys:
    """Stand-in for the module `jwk` in moto's Cognito. Each pool gets a new key, because moto's private key is public.

    It also saves a tenth of a second: moto's key lacks the primes, which are searched on every import.
    """

    class RSAKey:
        @staticmethod
        def import_key(_: object) -> RSAKey:
            return RSAKey.generate_key(2048, parameters={"kid": _KEY_ID, "alg": "RS256", "use": "sig"})


def get_user(pool: Any, username: str) -> Any:
    """Return the user of this name or email. A pool that is not case-sensitive accepts any spelling."""
    if _is_case_sensitive(pool):
        return _moto_get_user(pool, username)
    found = _with_name(pool, username)
    return found and found[0]


def log_user_in(backend: Any, pool: Any, client: Any, username: str) -> dict[str, dict[str, Any]]:
    """Issue tokens under the stored spelling, so that a global sign-out revokes them."""
    return _moto_log_user_in(backend, pool, client, _stored_spelling(pool, username))


def _is_case_sensitive(pool: Any) -> bool:
    return bool(pool.extended_config.get("UsernameConfiguration", {}).get("CaseSensitive", True))


def _stored_spelling(pool: Any, username: str) -> str:
    if _is_case_sensitive(pool):
        return username
    found = _with_name(pool, username)
    return found[1] if found else username


def _with_name(pool: Any, username: str) -> tuple[Any, str] | None:
    """Return the user who has this name in any spelling, and the stored one. The latest users are looked at first."""
    attributes, wanted = pool.extended_config.get("UsernameAttributes") or (), username.casefold()
    for user in reversed(pool.users.values()):
        names = [it["Value"] for it in user.attributes if it["Name"] in attributes]
        for name in (user.username, *names):
            if name and name.casefold() == wanted:
                return user, str(name)
    return None
