"""Every field of every JSON body: null where null is the default, whole numbers as JSON Schema counts them."""

import inspect
import json
from itertools import chain
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import BaseModel

from keepreel.errors import InvalidInput
from keepreel.schemas import requests
from keepreel.schemas.requests import BotVideoRequest, CommunityRequest, RemixRequest, VideoRequest, second_names
from keepreel.schemas.validation import parse_body

REQUIRED: dict[str, dict[str, Any]] = {
    "BotVideoRequest": {"type": "custom"},
    "CommunityRequest": {"name": "Sophia"},
    "ErasureRequest": {"email": "a@example.com"},
    "UploadRequest": {"content_type": "image/png"},
}
BODIES: list[type[BaseModel]] = [
    it
    for name, it in inspect.getmembers(requests, inspect.isclass)
    if issubclass(it, BaseModel) and it.model_config.get("strict") and name != "Request" and not name.startswith("_")
]
FIELDS = [(body, name) for body in BODIES for name in body.model_fields]
NULLABLE = [(body, name) for body, name in FIELDS if body.model_fields[name].default is None]
SECOND_NAMES = [(body, *names) for body in BODIES for names in second_names(body)]
URL, OTHER_URL = "https://example.com/a.jpg", "https://example.com/b.jpg"


def schema(body: type[BaseModel], name: str) -> dict[str, Any]:
    found = body.model_json_schema(by_alias=False)
    return {**found["properties"][name], "$defs": found.get("$defs", {})}


def parsed(body: type[BaseModel], **fields: Any) -> Any:
    return parse_body(body, json.dumps(REQUIRED.get(body.__name__, {}) | fields).encode())


def images(name: str) -> str | list[str]:
    return [URL] if name == "reference_images" else URL


def is_integer(body: type[BaseModel], name: str) -> bool:
    kinds = schema(body, name)
    return any(kind.get("type") == "integer" for kind in (kinds, *kinds.get("anyOf", ())))


def smallest(body: type[BaseModel], name: str) -> int:
    validator = Draft202012Validator(schema(body, name))
    return next(number for number in range(1, 100) if validator.is_valid(number))


INTEGERS = [(body, name) for body, name in FIELDS if is_integer(body, name)]


def test_fields_are_found() -> None:
    assert {"VideoRequest", "BotVideoRequest", "RemixRequest", "CommunityRequest", "ShareRequest"} <= {
        body.__name__ for body in BODIES
    }
    assert {"duration_seconds", "seed", "variations", "expires_in_days"} <= {name for _, name in INTEGERS}
    assert {(body, name) for body, name, _ in SECOND_NAMES} >= {
        (body, "source_image") for body in (VideoRequest, BotVideoRequest, RemixRequest)
    }


@pytest.mark.parametrize(("body", "name"), NULLABLE)
def test_null_is_accepted_where_it_is_the_default(body: type[BaseModel], name: str) -> None:
    request = parsed(body, **{name: None})

    assert getattr(request, name) is None
    assert name in request.model_fields_set


@pytest.mark.parametrize("body", BODIES)
def test_all_nulls_at_once_are_accepted(body: type[BaseModel]) -> None:
    names = [name for it, name in NULLABLE if it is body]
    second = [second for it, _, second in SECOND_NAMES if it is body]

    assert parsed(body, **dict.fromkeys(chain(names, second))) == parsed(body)


@pytest.mark.parametrize(("body", "name"), [it for it in FIELDS if it not in NULLABLE])
def test_null_is_refused_where_it_has_no_meaning(body: type[BaseModel], name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(body, **{name: None})

    assert [it.pointer for it in caught.value.errors] == [f"/{name}"]


@pytest.mark.parametrize(("body", "name", "second"), SECOND_NAMES)
def test_null_under_one_of_two_names_is_dropped(body: type[BaseModel], name: str, second: str) -> None:
    value = images(name)
    requests = [parsed(body, **{name: value, second: None}), parsed(body, **{name: None, second: value})]

    expected = parsed(body, **{name: value})
    assert requests == [expected] * 2
    assert [it.model_fields_set for it in requests] == [expected.model_fields_set] * 2


@pytest.mark.parametrize(("body", "name", "second"), SECOND_NAMES)
def test_null_under_both_names_is_an_explicit_null(body: type[BaseModel], name: str, second: str) -> None:
    request = parsed(body, **{name: None, second: None})

    assert getattr(request, name) is None
    assert name in request.model_fields_set


@pytest.mark.parametrize(("body", "name", "second"), SECOND_NAMES)
@pytest.mark.parametrize("value", [URL, OTHER_URL, ""])
def test_two_values_under_two_names_are_refused(body: type[BaseModel], name: str, second: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(body, **{name: URL, second: value})

    assert [it.pointer for it in caught.value.errors] == [f"/{second}"]


def test_null_variable_counts_as_left_out() -> None:
    assert parsed(VideoRequest, variables={"subject": "a cat", "place": None}).variables == {"subject": "a cat"}


@pytest.mark.parametrize(("body", "name"), INTEGERS)
@pytest.mark.parametrize("form", ["{}.0", "{}.000", "{}e0", "0.{}e1"])
def test_whole_number_is_an_integer_however_it_is_written(body: type[BaseModel], name: str, form: str) -> None:
    number = smallest(body, name)
    fields = json.dumps(REQUIRED.get(body.__name__, {}) | {name: "@"}).replace('"@"', form.format(number))

    value = getattr(parse_body(body, fields.encode()), name)

    assert (value, type(value)) == (number, int)


@pytest.mark.parametrize(("body", "name"), INTEGERS)
@pytest.mark.parametrize("text", ["5.5", "true", '"5"', '"5.0"', "1e400", "-1e400", "[5]", "{}"])
def test_everything_else_is_not_an_integer(body: type[BaseModel], name: str, text: str) -> None:
    fields = json.dumps(REQUIRED.get(body.__name__, {}) | {name: "@"}).replace('"@"', text)

    with pytest.raises(InvalidInput) as caught:
        parse_body(body, fields.encode())

    (error,) = caught.value.errors
    assert (error.pointer, error.detail.startswith("It must be a whole number")) == (f"/{name}", True)


def test_integer_field_that_is_out_of_range_names_the_range() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_body(VideoRequest, b'{"seed": 1e20, "variations": 1e20}')

    assert [it.pointer for it in caught.value.errors] == ["/seed", "/variations"]
    assert caught.value.errors[1].detail == "It must be a whole number from 1 to 4."


def test_text_field_does_not_accept_a_number() -> None:
    with pytest.raises(InvalidInput):
        parsed(CommunityRequest, name=5.0)
