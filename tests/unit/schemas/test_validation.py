"""Request validation and its error messages."""

import pytest

from keepreel.errors import InvalidInput
from keepreel.schemas import validation
from keepreel.schemas.requests import VideoRequest


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
