"""Reading values out of a provider's JSON, whatever stands there instead."""

from collections.abc import Iterable
from typing import Any


def text(value: object) -> str | None:
    """A text or a whole number, as a text; None for nothing and for what cannot be one."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value) or None
    return None


def first_link(files: Iterable[object]) -> str | None:
    """The first link that a file of a task has."""
    links = (file.get("url") for file in files if isinstance(file, dict))
    return next((link for link in links if isinstance(link, str) and link.startswith(("https://", "http://"))), None)


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
