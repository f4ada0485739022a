"""Signatures of Standard Webhooks, with which a provider signs its callbacks. https://www.standardwebhooks.com"""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

_MAX_AGE_SECONDS = 300
_MAX_HEADER_CHARS = 4096


def is_valid(secrets: Sequence[str], headers: Mapping[str, str], content: bytes, *, now: float | None = None) -> bool:
    """Return whether one of the secrets has signed this callback within the last five minutes.

    `headers` have lower-case names; `secrets` are Base64, with or without `whsec_`. During a rotation there are two
    secrets, or two signatures, or both.
    """
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (id and timestamp.isdigit()) or not (id + timestamp + given).isascii():
        return False
    if len(id + timestamp + given) > _MAX_HEADER_CHARS:
        return False
    if abs(int(time.time() if now is None else now) - int(timestamp)) > _MAX_AGE_SECONDS:  # a float would overflow
        return False
    signed = b".".join((id.encode(), timestamp.encode(), content))
    expected = [b64encode(hmac.digest(key, signed, "sha256")) for key in map(_key, secrets) if key]
    signatures = [it.removeprefix("v1,").encode() for it in given.split(" ") if it.startswith("v1,")]
    return any(hmac.compare_digest(one, other) for one in expected for other in signatures)


def _key(secret: str) -> bytes:
    """Return the key, which is empty for a secret that is not Base64."""
    try:
        return b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""
