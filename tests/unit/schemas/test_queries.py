"""Query strings: values, errors, and that they are read as pydantic would read the same types."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from keepreel.errors import InvalidInput
from keepreel.schemas import queries
from keepreel.schemas.queries import DownloadQuery, ListQuery, PageQuery

NUMBERS = (
    *("1", "100", "0", "101", "-5", "", "ten", "5.0", "5.00", "5.", "5.5", ".0", "1e2", "0x5", "05", "+5", "+ 5", "-0"),
    *(" 5 ", "\t5\n", "5\u00a0", "5 0", "1_0", "1__0", "_1", "1_", "1_0.0", "٥", "5", "9" * 30, "9" * 5000, "null"),
)
QUERIES: list[dict[str, str]] = [
    {},
    *({"limit": it} for it in NUMBERS),
    *({"cursor": it} for it in ("", "abc", "x" * 200, "x" * 201, "é" * 200)),
    *({"status": it} for it in ("queued", "delayed", "deleting", "", "Queued")),
    *({"type": it} for it in ("user", "custom", "bot")),
    *({"model": it} for it in ("", "kling-3.0", "x" * 101)),
    {"limit": "0", "status": "lost", "cursor": "x" * 300},
]


def test_missing_query_has_the_defaults() -> None:
    assert queries.parse(PageQuery, None) == PageQuery(limit=20, cursor=None)
    assert queries.parse(DownloadQuery, {}) == DownloadQuery(variant="video", redirect=True)


def test_page_query_accepts_limit_and_cursor() -> None:
    assert queries.parse(PageQuery, {"limit": "100", "cursor": "abc"}) == PageQuery(limit=100, cursor="abc")


@pytest.mark.parametrize("query", QUERIES, ids=lambda it: str(it)[:40])
def test_query_is_accepted_as_pydantic_accepts_it(query: dict[str, str]) -> None:
    assert parsed(query) == parsed_by_pydantic(query)


@pytest.mark.parametrize("value", ["", "0", "no", "False", "TRUE", "true,false"])
def test_query_booleans_are_true_or_false_only(value: str) -> None:
    assert [queries.parse(DownloadQuery, {"redirect": it}).redirect for it in ("true", "false")] == [True, False]

    assert errors(DownloadQuery, {"redirect": value}) == {"/redirect": "It must be true or false."}


def test_each_invalid_parameter_has_its_own_error() -> None:
    query = {"limit": "101", "cursor": "x" * 201, "type": "bot", "model": "x" * 101, "page": "2", "a/b~": ""}

    assert errors(ListQuery, query) == {
        "/limit": "It must be a whole number from 1 to 100.",
        "/cursor": "It must not be longer than 200 characters.",
        "/type": "It must be one of 'user', 'intro', 'promo', 'token_reveal' or 'custom'.",
        "/model": "It must not be longer than 100 characters.",
        "/page": "There is no such field.",
        "/a~1b~0": "There is no such field.",
    }


def test_number_with_letters_is_no_whole_number() -> None:
    assert errors(PageQuery, {"limit": "ten"}) == {"/limit": "It must be a whole number."}


def errors(kind: type[Any], query: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        queries.parse(kind, query)
    return {it.pointer: it.detail for it in caught.value.errors}


def parsed(query: dict[str, str]) -> ListQuery | set[str]:
    """Return the query, or the pointers of its errors."""
    try:
        return queries.parse(ListQuery, query)
    except InvalidInput as error:
        return {it.pointer for it in error.errors}


def parsed_by_pydantic(query: dict[str, str]) -> ListQuery | set[str]:
    try:
        return TypeAdapter(ListQuery).validate_python(query)
    except ValidationError as error:
        return {f"/{it['loc'][0]}" for it in error.errors()}
