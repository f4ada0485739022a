"""Read the fields of a JSON body with Kling's errors, and find the fields that were never read."""

import re
from typing import Any

from local.simulators.core.callbacks import is_callable
from local.simulators.kling.codes import ApiError


class Fields:
    """One JSON object of a request. A field is known once it was read; null is the same as left out."""

    def __init__(self, value: object, *, path: str = "") -> None:
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise ApiError(1201, f"{path.removesuffix('.')} is invalid")
        self._value: dict[str, Any] = value
        self._path = path
        self._read: set[str] = set()
        self._children: list[Fields] = []

    def get(self, name: str) -> Any:
        self._read.add(name)
        return self._value.get(name)

    def child(self, name: str) -> "Fields":
        return self._add(self.get(name), name)

    def objects(self, name: str) -> list["Fields"]:
        """Return the objects of a list. Raises ApiError for anything else in it."""
        items = self.get(name)
        if items is not None and not isinstance(items, list):
            raise ApiError(1201, f"{self._path}{name} is invalid")
        if any(not isinstance(item, dict) for item in items or []):
            raise ApiError(1201, f"{self._path}{name} is invalid")
        return [self._add(item, name) for item in items or []]

    def choice(self, name: str, among: tuple[Any, ...]) -> Any:
        """Return the value, one of `among` and of the same type, or None."""
        value = self.get(name)
        if value is not None and not any(type(value) is type(it) and value == it for it in among):
            raise ApiError(1201, f"{name} value {short(value)} is invalid")
        return value

    def unknown(self) -> list[str]:
        """Return the dotted names of the fields that were never read."""
        own = [f"{self._path}{name}" for name in self._value if name not in self._read]
        return own + [name for child in self._children for name in child.unknown()]

    def _add(self, value: object, name: str) -> "Fields":
        child = Fields(value, path=f"{self._path}{name}.")
        self._children.append(child)
        return child


def short(value: object) -> str:
    """Return the value for an error message, without a long or unprintable rest."""
    return ascii(value)[:60]


def external_id(value: object) -> str | None:
    """Return the caller's id. An empty string means no id, as in the vendor's samples."""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not is_encodable(value):
        raise ApiError(1201, "external_task_id is invalid")
    return value


def callback_url(value: object) -> str | None:
    if value in (None, ""):
        return None
    if not is_callable(value):
        raise ApiError(1201, "callback_url is invalid")
    return str(value)


def watermark(fields: Fields) -> bool:
    return bool(fields.child("watermark_info").choice("enabled", (True, False)))


def text(value: object, *, name: str, limit: int, required: bool) -> str:
    if value in (None, "") and not required:
        return ""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ApiError(1200, f"{name} can not be empty")
    if not isinstance(value, str) or not is_encodable(value):
        raise ApiError(1201, f"{name} is invalid")
    if len(value) > limit:
        raise ApiError(1201, f"{name} is too long: at most {limit} characters")
    return value


def is_encodable(value: str) -> bool:
    """Return False for a string with half a surrogate pair, which JSON can contain and UTF-8 cannot."""
    return not re.search("[\ud800-\udfff]", value)


def link(value: object, *, name: str) -> str:
    if not isinstance(value, str) or not is_callable(value):
        raise ApiError(1201, f"{name} is invalid: an http(s) URL is needed")
    return value
