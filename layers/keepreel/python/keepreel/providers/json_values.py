"""Typed reads of a provider's JSON: text, links, objects and lists, with a default for a value of another type."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any


def text(value: object) -> str | None:
    """Return a string or an integer as a string; None for an empty string and for any other type."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value) or None
    return None


def timestamp(value: object) -> datetime | None:
    """Return an ISO 8601 time in UTC; None for anything else. A time without an offset is UTC."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at and (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def first_link(files: Iterable[object], *, field: str = "url") -> str | None:
    """Return the first http(s) URL among the files' fields of this name."""
    links = (file.get(field) for file in files if isinstance(file, dict))
    return next((link for link in links if isinstance(link, str) and link.startswith(("https://", "http://"))), None)


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
