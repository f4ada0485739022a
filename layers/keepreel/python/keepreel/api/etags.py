"""Entity tags of what the API shows, so that who asks again is told that nothing has changed (RFC 9110)."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_OF_THE_MOMENT = {"elapsed_seconds", "poll_after_seconds"}  # they differ with every answer, and say nothing new
_TAG = re.compile(r'"[^"]*"')


def of(view: Mapping[str, Any]) -> str:
    """A weak tag: two answers that have it say the same of the video, though not in the same bytes."""
    lasting = {name: value for name, value in view.items() if name not in _OF_THE_MOMENT}
    return of_text(json.dumps(lasting, sort_keys=True))


def of_text(*texts: str) -> str:
    """A weak tag: it is the same whether they are packed on their way or not."""
    return f'W/"{sha256("".join(texts).encode()).hexdigest()[:32]}"'


def match(etag: str, *, if_none_match: str | None) -> bool:
    """Whether If-None-Match, a list of tags or `*`, names this tag, weak or strong."""
    named = (if_none_match or "").strip()
    return named == "*" or etag.removeprefix("W/") in _TAG.findall(named)
