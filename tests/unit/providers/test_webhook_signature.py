"""Signatures of Standard Webhooks."""

from base64 import b64encode
from typing import Any

import pytest

from keepreel.providers import webhook_signature
from local.simulators.core.callbacks import signature

# Kling's own example. https://app.klingai.com/global/dev/document-api
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
CONTENT = (
    b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}'
)
NOW = 1781080794
HEADERS = {
    "webhook-id": "9876543210",
    "webhook-timestamp": str(NOW),
    "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}
OTHER_SECRET = "whsec_" + b64encode(b"another secret of the same account").decode()


def is_valid(*secrets: str, content: bytes = CONTENT, now: float = float(NOW), **headers: Any) -> bool:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return webhook_signature.is_valid(secrets or (SECRET,), HEADERS | changed, content, now=now)


def test_example_of_the_vendor_is_valid() -> None:
    assert is_valid()


@pytest.mark.parametrize(
    ("now", "expected"), [(NOW - 300, True), (NOW + 300, True), (NOW - 301, False), (NOW + 301, False)]
)
def test_signature_is_valid_for_five_minutes(now: float, expected: bool) -> None:  # noqa: FBT001
    assert is_valid(now=now) is expected


def test_rotation_accepts_either_secret_and_either_signature() -> None:
    other = signature(OTHER_SECRET, id="9876543210", timestamp=str(NOW), content=CONTENT)
    both = f"{other} {HEADERS['webhook-signature']}"

    assert is_valid(OTHER_SECRET, SECRET)
    assert is_valid(OTHER_SECRET, webhook_signature=both)
    assert is_valid(SECRET, webhook_signature=both)


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_id": "1"},
        {"webhook_id": ""},
        {"webhook_timestamp": str(NOW + 1)},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "²"},
        {"webhook_timestamp": "9" * 400},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,"},
        {"webhook_signature": HEADERS["webhook-signature"].replace("v1,", "v2,")},
        {"webhook_signature": HEADERS["webhook-signature"].removeprefix("v1,")},
        {"webhook_signature": HEADERS["webhook-signature"].replace("v1,", "v1")},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": HEADERS["webhook-signature"] + " v1,a" * 2000},
    ],
    ids=str,
)
def test_other_headers_are_not_valid(headers: dict[str, Any]) -> None:
    assert not is_valid(**headers)


def test_other_body_or_secret_is_not_valid() -> None:
    assert not is_valid(content=CONTENT + b" ")
    assert not is_valid(OTHER_SECRET)
    assert not is_valid("whsec_", "", "whsec_not base64")
    assert not webhook_signature.is_valid((), HEADERS, CONTENT, now=NOW)


def test_empty_secret_signs_nothing() -> None:
    unsigned = signature("whsec_", id="9876543210", timestamp=str(NOW), content=CONTENT)

    assert not is_valid("", webhook_signature=unsigned)


def test_secret_may_have_no_prefix_and_white_space_around_it() -> None:
    assert is_valid(SECRET.removeprefix("whsec_"))
    assert is_valid(f" {SECRET}\n")


@pytest.mark.parametrize("character", ["!", " ", "%"])
def test_secret_with_a_character_that_is_not_base64_signs_nothing(character: str) -> None:
    assert not is_valid(SECRET[:12] + character + SECRET[12:])
