"""Higgsfield's API key, sent as `Authorization: Key <id>:<secret>` or as the older pair of headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from local.simulators.higgsfield.codes import ApiError

HEADERS = ("authorization", "hf-api-key", "hf-secret")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    key: str = field(repr=False)  # <id>:<secret>

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise ApiError unless the headers contain the key."""
        pair = f"Key {headers.get('hf-api-key', '')}:{headers.get('hf-secret', '')}"
        given = headers.get("authorization", pair)
        if not compare_digest(given.encode(), f"Key {self.key}".encode()):
            raise ApiError(401)
