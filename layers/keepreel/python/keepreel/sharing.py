"""Share links: a video's public page under 128 bits that nobody can guess, and that can be revoked."""

from dataclasses import dataclass
from datetime import datetime

from keepreel.models import Video


@dataclass(frozen=True, kw_only=True)
class Link:
    url: str
    expires_at: datetime | None


def share(video: Video, *, days: int | None) -> Link:
    raise NotImplementedError


def revoke(video: Video) -> None:
    raise NotImplementedError


def opened(token: str) -> Video:
    raise NotImplementedError


def url(token: str) -> str:
    raise NotImplementedError
