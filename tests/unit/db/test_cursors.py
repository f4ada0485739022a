"""A cursor decodes for the list that it was signed for, and everything else is refused."""

import string
from collections.abc import Iterator

import pytest

from keepreel import aws
from keepreel.db import cursors
from keepreel.errors import FieldError, InvalidInput
from tests.unit.providers.provider_env import FakeSecret, environment_set

SECRET_NAME = "keepreel/test/signing"
VIDEO_ID = "01a1fc7f-f2e9-70e0-8b50-fafe2ecafedc"
CONTEXT = ("user#one", "kling-3.0", None, "completed")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSecret]:
    keys = FakeSecret(SECRET_NAME, {"key": "our key"})
    monkeypatch.setattr(aws, "secret", keys)
    with environment_set(monkeypatch, SIGNING_SECRET_NAME=SECRET_NAME, SHARES_TABLE="shares"):
        yield keys


def is_accepted(cursor: str, *context: str | None) -> bool:
    try:
        cursors.decode(cursor, *context)
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("position", [VIDEO_ID, "c" * 64, "ä", ""])
def test_cursor_decodes_to_its_position(position: str) -> None:
    assert cursors.decode(cursors.encode(position, *CONTEXT), *CONTEXT) == position


def test_cursor_is_url_safe_and_at_most_200_characters() -> None:
    longest = cursors.encode("c" * 64, *CONTEXT)

    assert set(longest) <= set(string.ascii_letters + string.digits + "-_")
    assert len(longest) <= 200


def test_cursor_does_not_reveal_its_list() -> None:
    lengths = {len(cursors.encode(VIDEO_ID, *context)) for context in (CONTEXT, ("community#sophia" * 9,), ())}

    assert len(lengths) == 1


def test_cursor_with_a_changed_character_is_refused() -> None:
    cursor = cursors.encode(VIDEO_ID, *CONTEXT)
    edited = [
        cursor[:at] + other + cursor[at + 1 :]
        for at in range(len(cursor))
        for other in string.ascii_letters + string.digits + "-_"
        if other != cursor[at]
    ]

    assert len(edited) == 63 * len(cursor)
    assert [it for it in edited if is_accepted(it, *CONTEXT)] == []


@pytest.mark.parametrize("edit", ["{}=", "{}==", "{}A", "A{}", " {}", "{}\n", "{}.", "={}"])
def test_other_spellings_of_a_cursor_are_refused(edit: str) -> None:
    assert not is_accepted(edit.format(cursors.encode(VIDEO_ID, *CONTEXT)), *CONTEXT)


def test_truncated_cursor_is_refused() -> None:
    cursor = cursors.encode(VIDEO_ID, *CONTEXT)

    assert [end for end in range(len(cursor)) if is_accepted(cursor[:end], *CONTEXT)] == []


@pytest.mark.parametrize(
    "context",
    [
        ("user#another", "kling-3.0", None, "completed"),
        ("community#one", "kling-3.0", None, "completed"),
        ("user#one", None, "kling-3.0", "completed"),
        ("user#one", "kling-3.0", None, "failed"),
        ("user#one", "kling-3.0", None, None),
        ("user#one", "kling-3.0", "completed"),
        ("user#one",),
        (),
    ],
)
def test_cursor_of_another_list_is_refused(context: tuple[str | None, ...]) -> None:
    assert not is_accepted(cursors.encode(VIDEO_ID, *CONTEXT), *context)


def test_cursor_of_another_deployment_is_refused(keys: FakeSecret) -> None:
    cursor = cursors.encode(VIDEO_ID, *CONTEXT)
    keys.stored["key"] = "theirs"

    assert not is_accepted(cursor, *CONTEXT)


@pytest.mark.parametrize("garbage", ["", "a", "abc", "\x00", "ü", "\ud800", "../..", VIDEO_ID, "A" * 200, "_" * 71])
def test_garbage_is_refused(garbage: str) -> None:
    assert not is_accepted(garbage, *CONTEXT)


def test_error_says_what_to_send() -> None:
    with pytest.raises(InvalidInput, match="The cursor is not valid") as refused:
        cursors.decode("garbage", *CONTEXT)

    detail = "Use next_cursor from the previous page of this list, with the same filters."
    assert refused.value.errors == (FieldError("/cursor", detail),)
