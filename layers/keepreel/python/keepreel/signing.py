"""Signatures with this deployment's key, for values that clients must return unchanged."""

import hmac
import json
from base64 import urlsafe_b64encode

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
    return digest(key, *parts)


def digest(key: str, *parts: str | None) -> bytes:
    """Return the HMAC-SHA256 of the parts under a key."""
    return hmac.digest(key.encode(), json.dumps(parts).encode(), "sha256")


def name_in_url(*, owner: str, video_id: str) -> str:
    """Return the part of a callback URL's token that names a video. Neither an owner nor an id contains a `|`."""
    return encoded(f"{video_id}|{owner}".encode())


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
