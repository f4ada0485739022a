"""Requests through our CDN, which adds a secret header to each. A deployment refuses others."""

import hmac
from collections.abc import Mapping

from keepreel.settings import cdn_key, is_only_through_cdn

_HEADER = "x-keepreel-cdn"


def is_from_cdn(headers: Mapping[str, str]) -> bool:
    """Return whether our CDN sent the request. Header names are in lower case, as the gateway passes them."""
    return bool(cdn_key()) and hmac.compare_digest(headers.get(_HEADER, "").encode(), cdn_key().encode())


def is_refused(headers: Mapping[str, str]) -> bool:
    """Return whether the request went past the CDN although the deployment does not allow that."""
    return is_only_through_cdn() and not is_from_cdn(headers)
