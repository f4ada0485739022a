"""Query strings of GET requests, parsed without pydantic, because its import is a third of a cold start."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from keepreel.errors import FieldError, InvalidInput

QueryT = TypeVar("QueryT")

_WHOLE = re.compile(r"([+-]?[0-9]{1,300}(?:_[0-9]+)*)(?:\.0+)?")  # as pydantic reads it


class WholeNumber(NamedTuple):
    """Bounds of a number, both included. Pydantic calls the method when the OpenAPI document is generated."""

    min: int
    max: int

    def __get_pydantic_core_schema__(self, source: type, schema_of: Callable[[type], Any]) -> Any:
        return {**schema_of(source), "ge": self.min, "le": self.max}


class MaxChars(NamedTuple):
    """The length limit of a text."""

    max: int

    def __get_pydantic_core_schema__(self, source: type, schema_of: Callable[[type], Any]) -> Any:
        return {**schema_of(source), "max_length": self.max}


@dataclass(frozen=True, kw_only=True)
class PageQuery:
    """Query string of a list."""

    limit: Annotated[int, WholeNumber(1, 100)] = 20
    cursor: Annotated[str, MaxChars(200)] | None = None


@dataclass(frozen=True, kw_only=True)
class ListQuery(PageQuery):
    """Query string of a list of videos."""

    # `unfinished` is queued, processing, saving or delayed.
    status: (
        Literal["queued", "processing", "saving", "completed", "failed", "canceled", "delayed", "unfinished"] | None
    ) = None
    type: Literal["user", "intro", "promo", "token_reveal", "custom"] | None = None
    model: Annotated[str, MaxChars(100)] | None = None


@dataclass(frozen=True, kw_only=True)
class DownloadQuery:
    """Query string of a download."""

    variant: Literal["video", "thumbnail"] = "video"
    redirect: bool = True  # false for browser scripts, which cannot read the target of a redirect


def parse(kind: type[QueryT], parameters: Mapping[str, str] | None) -> QueryT:
    """Return the query string as this dataclass. Raises InvalidInput; its pointers name the parameters."""
    given, hints = dict(parameters or {}), get_type_hints(kind, include_extras=True)
    values: dict[str, Any] = {}
    errors = []
    for name, text in sorted(given.items(), key=lambda it: [*hints, it[0]].index(it[0])):  # errors in a fixed order
        try:
            values[name] = _value(hints.get(name), text)
        except ValueError as error:
            errors.append(FieldError(_pointer(name), str(error)))
    if errors:
        raise InvalidInput("Some fields are invalid.", errors=tuple(errors))
    return kind(**values)


def _value(hint: Any, text: str) -> Any:
    """Return the value of a parameter. Raises ValueError with a message for people."""
    if hint is None:
        raise ValueError("There is no such field.")
    if get_origin(hint) is Literal:
        return _choice(get_args(hint), text)
    if hint is bool:
        return _choice(("true", "false"), text, detail="It must be true or false.") == "true"
    if hint is str:
        return text
    kind, *limits = get_args(hint)  # `kind | None` or Annotated
    return _limited(text, limits) if kind is str else _whole(text, limits) if kind is int else _value(kind, text)


def _choice(choices: tuple[str, ...], text: str, *, detail: str = "") -> str:
    if text not in choices:
        *most, last = map(repr, choices)
        raise ValueError(detail or f"It must be one of {', '.join(most)} or {last}.")
    return text


def _limited(text: str, limits: Sequence[MaxChars]) -> str:
    for limit in limits:
        if len(text) > limit.max:
            raise ValueError(f"It must not be longer than {limit.max} characters.")
    return text


def _whole(text: str, limits: Sequence[WholeNumber]) -> int:
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        raise ValueError("It must be a whole number.")
    number = int(found[1])
    for limit in limits:
        if not limit.min <= number <= limit.max:
            raise ValueError(f"It must be a whole number from {limit.min} to {limit.max}.")
    return number


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")  # RFC 6901
