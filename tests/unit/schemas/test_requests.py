"""What may be sent to the API, and what is said when something else was."""

import pytest

from keepreel.errors import InvalidInput
from keepreel.schemas import requests
from keepreel.schemas.requests import DownloadQuery, PageQuery, VideoRequest


def test_line_ends_of_any_kind_are_one() -> None:
    assert requests.parse(VideoRequest, b'{"prompt": "a\\r\\nb\\rc"}').prompt == "a\nb\nc"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"prompt": "a"} and more'])
def test_a_body_that_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        requests.parse(VideoRequest, body)

    assert caught.value.code == "invalid_json"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        requests.parse(VideoRequest, body)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\nb"])
def test_an_idempotency_key_is_short_visible_ascii(key: str) -> None:
    with pytest.raises(InvalidInput):
        requests.idempotency_key(key)


def test_a_page_query_takes_what_it_knows() -> None:
    assert requests.query(PageQuery, None).limit == 20
    assert requests.query(PageQuery, {"limit": "100", "cursor": "abc"}).model_dump() == {"limit": 100, "cursor": "abc"}


@pytest.mark.parametrize("said", ["", "0", "no", "False", "TRUE", "true,false"])
def test_yes_and_no_are_written_true_and_false_in_a_query(said: str) -> None:
    assert [requests.query(DownloadQuery, {"redirect": it}).redirect for it in ("true", "false")] == [True, False]

    with pytest.raises(InvalidInput) as caught:
        requests.query(DownloadQuery, {"redirect": said})

    assert [(it.pointer, it.detail) for it in caught.value.errors] == [("/redirect", "It must be true or false.")]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"page": "2"}])
def test_a_page_query_names_what_is_wrong(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        requests.query(PageQuery, query)

    assert [field.pointer for field in caught.value.errors] == [f"/{name}" for name in query]
