"""Signatures with this deployment's key, for values that clients must return unchanged."""

import hmac
import json

from keepreel import aws
from keepreel.settings import settings


def signature(*parts: str | None) -> bytes:
    """Return an HMAC-SHA256 over the parts; the first part names the purpose. Different lists never sign alike.

    Raises StoreUnavailable.
    """
    try:
        key = str(aws.secret(settings().signing_secret_name)["key"])
    except aws.STORE_ERRORS as error:
        aws.raise_outage(error, "the signing key cannot be read")
        raise
    return hmac.digest(key.encode(), json.dumps(parts).encode(), "sha256")
