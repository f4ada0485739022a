"""The fields of a model's request body, and the validation errors in the vendor's format (Pydantic's)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.simulators.higgsfield.codes import problem

_MAX_SHOT_PROMPT_CHARS, _MAX_SHOT_SECONDS = 512, 15

Problem = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a body. `min` and `max` limit a number, or the length of a list."""

    type: str
    required: bool = False
    default: Any = None
    values: tuple[Any, ...] = ()
    min: float | None = None
    max: float | None = None

    def problems(self, name: str, body: dict[str, Any]) -> list[Problem]:
        """Return the errors of this field in `body`. An optional field may be null."""
        if self.required and name not in body:
            return [problem("missing", "Field required", at=(name,), input=body)]
        value = body.get(name)
        if value is None and not self.required:
            return []
        return list(_CHECKS[self.type](self, value, (name,)))


_Place = tuple[str | int, ...]
_Check = Callable[[Field, Any, _Place], Iterator[Problem]]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(_: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem("string_type", "Input should be a valid string", at=at, input=value)
    elif not _is_unicode(value):
        yield problem("string_unicode", "Input should be a valid string, unable to parse raw data", at=at, input=value)


def _url(_: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem("url_type", "URL input should be a string or URL", at=at, input=value)
    elif not value.startswith(("https://", "http://")) or not _is_unicode(value):
        yield problem("url_parsing", "Input should be a valid URL", at=at, input=value)


def _boolean(_: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield problem("bool_type", "Input should be a valid boolean", at=at, input=value)


def _integer(field: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if type(value) is not int:
        yield problem("int_type", "Input should be a valid integer", at=at, input=value)
    else:
        yield from _range(field, value, at)


def _number(field: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not is_number(value):
        yield problem("float_type", "Input should be a valid number", at=at, input=value)
    else:
        yield from _range(field, value, at)


def _range(field: Field, value: float, at: _Place) -> Iterator[Problem]:
    if field.min is not None and value < field.min:
        message = f"Input should be greater than or equal to {field.min}"
        yield problem("greater_than_equal", message, at=at, input=value, ctx={"ge": field.min})
    if field.max is not None and value > field.max:
        message = f"Input should be less than or equal to {field.max}"
        yield problem("less_than_equal", message, at=at, input=value, ctx={"le": field.max})


def _choice(field: Field, value: Any, at: _Place) -> Iterator[Problem]:
    """The type must match too: 5.0 and true are not 5."""
    if not any(type(value) is type(known) and value == known for known in field.values):
        *others, last = map(repr, field.values)
        expected = f"{', '.join(others)} or {last}" if others else last
        message, context = f"Input should be {expected}", {"expected": expected}
        yield problem("literal_error", message, at=at, input=value, ctx=context)


def _items(check: _Check) -> _Check:
    def check_all(field: Field, value: Any, at: _Place) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield problem("list_type", "Input should be a valid list", at=at, input=value)
        elif field.max is not None and len(value) > field.max:
            message = f"List should have at most {field.max} items after validation, not {len(value)}"
            context = {"field_type": "List", "max_length": field.max, "actual_length": len(value)}
            yield problem("too_long", message, at=at, input=value, ctx=context)
        elif field.min is not None and len(value) < field.min:
            message = f"List should have at least {field.min} item after validation, not {len(value)}"
            context = {"field_type": "List", "min_length": field.min, "actual_length": len(value)}
            yield problem("too_short", message, at=at, input=value, ctx=context)
        else:
            for index, item in enumerate(value):
                yield from check(field, item, (*at, index))

    return check_all


def _shot(_: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield problem("model_attributes_type", "Input should be a valid dictionary", at=at, input=value)
        return
    yield from _within(_SHOT, value, at)
    text = value.get("prompt")
    if isinstance(text, str) and len(text) > _MAX_SHOT_PROMPT_CHARS:
        message = f"String should have at most {_MAX_SHOT_PROMPT_CHARS} characters"
        context = {"max_length": _MAX_SHOT_PROMPT_CHARS}
        yield problem("string_too_long", message, at=(*at, "prompt"), input=text, ctx=context)


def _motion(_: Field, value: Any, at: _Place) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield problem("dict_type", "Input should be a valid dictionary", at=at, input=value)
    else:
        yield from _within(_MOTION, value, at)


def _within(fields: dict[str, Field], value: dict[str, Any], at: _Place) -> Iterator[Problem]:
    for name, field in fields.items():
        for found in field.problems(name, value):
            yield {**found, "loc": ["body", *at, *found["loc"][1:]]}


def _is_unicode(value: str) -> bool:
    """False for a lone half of a surrogate pair, which JSON can contain and UTF-8 cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


_SHOT = {
    "prompt": Field(type="text", required=True),
    "duration": Field(type="integer", required=True, min=1, max=_MAX_SHOT_SECONDS),
}
_MOTION = {"id": Field(type="text", required=True), "strength": Field(type="number", min=0, max=1)}
_CHECKS: dict[str, _Check] = {
    "text": _text,
    "url": _url,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "choice": _choice,
    "urls": _items(_url),
    "texts": _items(_text),
    "shots": _items(_shot),
    "motions": _items(_motion),
}
