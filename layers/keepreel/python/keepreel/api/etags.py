"""ETags and If-None-Match (RFC 9110), so that a client can learn cheaply that nothing has changed."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_VOLATILE_FIELDS = {"elapsed_seconds", "poll_after_seconds"}  # they change with every response
_TAG = re.compile(r'"[^"]*"')


def for_json(content: Mapping[str, Any]) -> str:
    """Return a weak ETag: two responses with the same tag differ in volatile fields at most."""
    stable = {name: value for name, value in content.items() if name not in _VOLATILE_FIELDS}
    return for_text(json.dumps(stable, sort_keys=True))


def for_text(*texts: str) -> str:
    """Return a weak ETag: it is the same for compressed and uncompressed responses."""
    return f'W/"{sha256("".join(texts).encode()).hexdigest()[:32]}"'


def matches(etag: str, *, if_none_match: str | None) -> bool:
    """Return whether If-None-Match, a list of tags or `*`, contains this tag, weak or strong."""
    header = (if_none_match or "").strip()
    return header == "*" or etag.removeprefix("W/") in _TAG.findall(header)
