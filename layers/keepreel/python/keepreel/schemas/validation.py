"""Request validation: parse a body, a query string or a header, and turn pydantic errors into field errors."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from keepreel.errors import FieldError, InvalidInput
from keepreel.schemas.fields import MAX_SEED, MAX_SHARE_DAYS, MAX_VARIATIONS, MIN_SEED
from keepreel.schemas.option_fields import MAX_SHOT_SECONDS

RequestT = TypeVar("RequestT", bound=BaseModel)

_RANGES = {
    "seed": f"{MIN_SEED} to {MAX_SEED}",
    "variations": f"1 to {MAX_VARIATIONS}",
    "expires_in_days": f"1 to {MAX_SHARE_DAYS}",
    "duration_seconds": f"1 to {MAX_SHOT_SECONDS}",
}


def parse_body(kind: type[RequestT], body: bytes) -> RequestT:
    """Return the JSON body as a request of this kind. Raises InvalidInput with a JSON pointer to each bad field."""
    try:
        content = from_json(body)
    except ValueError:
        raise InvalidInput("The body is not valid JSON.", code="invalid_json") from None
    try:
        return kind.model_validate(_with_integers(content))
    except ValidationError as error:
        raise _invalid(error) from None


def parse_query(kind: type[RequestT], parameters: Mapping[str, str] | None) -> RequestT:
    """Return the query string as a request of this kind. Raises InvalidInput; its pointers name the parameters."""
    try:
        return kind.model_validate(dict(parameters or {}))
    except ValidationError as error:
        raise _invalid(error) from None


def idempotency_key(header: str | None) -> str | None:
    """Return the Idempotency-Key header. Raises InvalidInput unless it is 1 to 255 visible ASCII characters."""
    if header is not None and not re.fullmatch(r"[\x21-\x7e]{1,255}", header):
        raise InvalidInput("Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.")
    return header


def _with_integers(value: Any) -> Any:
    """Return JSON with every whole number as an int, because JSON Schema counts 5.0 as an integer."""
    if isinstance(value, dict):
        return {name: _with_integers(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_with_integers(it) for it in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _invalid(error: ValidationError) -> InvalidInput:
    errors = tuple(_field_error(problem) for problem in error.errors(include_url=False, include_input=False))
    return InvalidInput("Some fields are invalid.", errors=errors)


def _field_error(problem: ErrorDetails) -> FieldError:
    """Return a message for people; `loc` becomes a JSON pointer (RFC 6901)."""
    path = [str(part).replace("~", "~0").replace("/", "~1") for part in problem["loc"]]
    detail = _MESSAGES.get(problem["type"]) or _message_with_context(problem)
    if problem["type"] == "both_names":
        path.append(problem["ctx"]["second_name"])
    detail = detail if detail.endswith(".") else f"{detail}."
    return FieldError("".join(f"/{part}" for part in path), detail[:1].upper() + detail[1:])


def _message_with_context(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    match problem["type"]:
        case "string_too_long":
            return f"It must not be longer than {context.get('max_length')} characters."
        case "greater_than_equal" | "less_than_equal":
            return f"It must be a whole number from {_RANGES.get(str(problem['loc'][-1]))}."
        case "too_long":
            return f"It must have at most {context.get('max_length')} items."
        case "model_type":
            return "It must be a JSON object." if problem["loc"] else "The body must be a JSON object."
        case "literal_error":
            return f"It must be one of {context.get('expected')}."
        case _:
            return problem["msg"].removeprefix("Value error, ")


_MESSAGES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_too_short": "It must not be empty.",
    "string_type": "It must be text.",
    "int_type": "It must be a whole number.",
    "int_parsing": "It must be a whole number.",
    "int_from_float": "It must be a whole number.",
    "finite_number": "It must be a whole number.",
    "string_pattern_mismatch": "It must start with a letter and have at most 64 lowercase letters, digits, - and _.",
    "bool_type": "It must be true or false.",
    "float_type": "It must be a number.",
    "list_type": "It must be a list.",
}
