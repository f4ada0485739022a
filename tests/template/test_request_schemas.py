"""The request schemas of the OpenAPI document say what the server accepts."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from keepreel.errors import FieldError, InvalidInput
from keepreel.schemas.validation import parse_body
from local.tools import openapi
from local.tools.openapi_schemas import model

DOCUMENT: dict[str, Any] = openapi.document()
TEXT = " ".join(json.dumps(DOCUMENT).replace("\\n", " ").split())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
BODIES = sorted(
    {
        it["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for methods in DOCUMENT["paths"].values()
        for it in methods.values()
        if "requestBody" in it
    }
)
# The server's message for a value that the schema allows, and where the document says the rule.
DOCUMENTED = {
    "must contain visible text": "Texts need a visible character",
    "must not contain control characters": "control characters",
    "that hide or reverse text": "hide or reverse text",
    "must be a single line": "names and symbols are a single line",
    "must not contain invisible characters": "without invisible characters",
    "another name for": "Another name for",
    "host": "public host name",
    "URL": "an https URL",
}
FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that are valid by a schema."""
    if "$ref" in schema:
        return values(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return st.sampled_from(choices)
    found: st.SearchStrategy[Any] = KINDS[schema["type"]](schema)
    return found


def texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    ordinary = st.text(max_size=schema.get("maxLength", 40), alphabet=st.characters(codec="utf-8"))
    pattern = schema.get("pattern", "")
    found = ordinary | st.from_regex(pattern) if pattern else ordinary
    if pattern.endswith("$"):  # in JSON Schema, unlike in Python, it does not match before a line break
        found = found.filter(lambda it: not it.endswith("\n"))
    return found.filter(Draft202012Validator(schema).is_valid)


def integers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    whole = st.integers(schema.get("minimum"), schema.get("maximum"))
    return whole | whole.filter(lambda it: abs(it) < 2**53).map(float)


def numbers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)


def objects(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(it) for name, it in schema.get("properties", {}).items()}
    required = {name: fields.pop(name) for name in schema.get("required", [])}
    if isinstance(more := schema.get("additionalProperties"), dict):
        names = values({"type": "string", **schema.get("propertyNames", {})})
        return st.dictionaries(names, values(more), max_size=2)
    return st.fixed_dictionaries(required, optional=fields)


KINDS: dict[str, Any] = {
    "string": texts,
    "integer": integers,
    "number": numbers,
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
    "object": objects,
    "array": lambda it: st.lists(
        values(it["items"]), min_size=it.get("minItems", 0), max_size=min(it.get("maxItems", 2), 6)
    ),
}


def refusals(body: str, content: Any) -> tuple[FieldError, ...]:
    try:
        parse_body(model(body), json.dumps(content).encode())
    except InvalidInput as error:
        return error.errors
    return ()


def is_documented(error: FieldError) -> bool:
    rules = [rule for words, rule in DOCUMENTED.items() if words in error.detail]
    return bool(rules) and all(rule in TEXT for rule in rules)


@pytest.mark.parametrize("body", BODIES)
def test_valid_body_is_accepted_or_refused_for_a_documented_reason(body: str) -> None:
    @FAST
    @given(values(SCHEMAS[body]))
    def check(content: Any) -> None:
        assert [error for error in refusals(body, content) if not is_documented(error)] == []

    check()


@pytest.mark.parametrize(
    ("body", "field"), [(body, field) for body in BODIES for field in SCHEMAS[body].get("properties", {})]
)
def test_invalid_value_is_refused(body: str, field: str) -> None:
    is_valid = Draft202012Validator({**SCHEMAS[body]["properties"][field], "components": {"schemas": SCHEMAS}}).is_valid

    @FAST
    @given(ANYTHING)
    def check(value: Any) -> None:
        is_refused = any(error.pointer.startswith(f"/{field}") for error in refusals(body, {field: value}))
        assert is_refused or is_valid(value)

    check()


@pytest.mark.parametrize("body", BODIES)
def test_unknown_field_is_refused_by_the_schema_and_by_the_server(body: str) -> None:
    assert SCHEMAS[body]["additionalProperties"] is False
    assert "/color" in [error.pointer for error in refusals(body, {"color": "red"})]


@pytest.mark.parametrize(
    "value", ["", "upload:x", "http://example.com/a.jpg", "https://", "https://a b.com/", "data:x"]
)
@pytest.mark.parametrize("field", ["source_image", "source_image_url"])
def test_text_that_can_be_no_image_is_invalid_by_the_schema(field: str, value: str) -> None:
    schema = SCHEMAS["VideoRequest"]["properties"][field]

    assert not Draft202012Validator(schema).is_valid(value)
    assert [error.pointer for error in refusals("VideoRequest", {field: value})] == [f"/{field}"]
