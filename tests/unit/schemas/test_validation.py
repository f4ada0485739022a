"""Request validation and its error messages."""

import pytest

from keepreel.errors import InvalidInput
from keepreel.schemas import validation
from keepreel.schemas.requests import DownloadQuery, PageQuery, VideoRequest


def test_line_endings_are_normalized() -> None:
    assert validation.parse_body(VideoRequest, b'{"prompt": "a\\r\\nb\\rc"}').prompt == "a\nb\nc"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"prompt": "a"} and more'])
def test_body_that_is_not_json_has_its_own_error_code(body: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        validation.parse_body(VideoRequest, body)

    assert caught.value.code == "invalid_json"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_not_an_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        validation.parse_body(VideoRequest, body)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\nb"])
def test_invalid_idempotency_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        validation.idempotency_key(key)


def test_page_query_accepts_limit_and_cursor() -> None:
    assert validation.parse_query(PageQuery, None).limit == 20
    assert validation.parse_query(PageQuery, {"limit": "100", "cursor": "abc"}).model_dump() == {
        "limit": 100,
        "cursor": "abc",
    }


@pytest.mark.parametrize("value", ["", "0", "no", "False", "TRUE", "true,false"])
def test_query_booleans_are_true_or_false_only(value: str) -> None:
    assert [validation.parse_query(DownloadQuery, {"redirect": it}).redirect for it in ("true", "false")] == [
        True,
        False,
    ]

    with pytest.raises(InvalidInput) as caught:
        validation.parse_query(DownloadQuery, {"redirect": value})

    assert [(it.pointer, it.detail) for it in caught.value.errors] == [("/redirect", "It must be true or false.")]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"page": "2"}])
def test_page_query_error_points_to_the_parameter(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        validation.parse_query(PageQuery, query)

    assert [field.pointer for field in caught.value.errors] == [f"/{name}" for name in query]
