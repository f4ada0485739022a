"""Texts of requests: pasted line breaks, invisible characters, flags, and text that hides."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from keepreel.errors import InvalidInput
from keepreel.schemas.fields import Instructions, Line, Prompt, Symbol
from keepreel.schemas.validation import parse_body


class Texts(BaseModel):
    prompt: Prompt | None = None
    instructions: Instructions | None = None
    line: Line | None = None
    symbol: Symbol | None = None


EVERY = tuple(Texts.model_fields)
MULTI_LINE, SINGLE_LINE = ("prompt", "instructions"), ("line", "symbol")


def flag(tags: str, *, base: str = "\U0001f3f4", end: str = "\U000e007f") -> str:
    return base + "".join(chr(0xE0000 + ord(tag)) for tag in tags) + end


def cleaned(field: str, text: str) -> Any:
    return getattr(parse_body(Texts, json.dumps({field: text}).encode()), field)


def refusal(field: str, text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        cleaned(field, text)
    return caught.value.errors[0].detail


@pytest.mark.parametrize("field", EVERY)
@pytest.mark.parametrize("region", ["gbeng", "gbsct", "gbwls"])
def test_flags_of_england_scotland_and_wales_are_accepted(field: str, region: str) -> None:
    assert cleaned(field, f"x {flag(region)}") == f"x {flag(region)}"


@pytest.mark.parametrize("field", EVERY)
@pytest.mark.parametrize(
    "text",
    [
        flag("hello"),
        flag("gben"),
        flag("gbengx"),
        flag("gbeng", base="x"),
        flag("gbeng", base="\U0001f3f3"),
        flag("gbeng", end=""),
        flag("gbeng") + "\U000e0041",
        flag(""),
        "x\U000e007f",
        "x\U000e0001",
    ],
)
def test_text_hidden_in_tag_characters_is_refused(field: str, text: str) -> None:
    assert refusal(field, text) == "It must not contain characters that hide or reverse text."


@pytest.mark.parametrize("field", MULTI_LINE)
@pytest.mark.parametrize("pasted", ["\v", "\f", "\x85", "\u2028", "\u2029", "\r", "\r\n"])
def test_pasted_line_break_becomes_a_line_break(field: str, pasted: str) -> None:
    assert cleaned(field, f"{pasted}one{pasted}two{pasted}") == "one\ntwo"


@pytest.mark.parametrize("field", SINGLE_LINE)
@pytest.mark.parametrize("pasted", ["\v", "\f", "\x85", "\u2028", "\u2029"])
def test_pasted_line_break_becomes_a_space_in_a_single_line(field: str, pasted: str) -> None:
    assert cleaned(field, f"{pasted}one{pasted}two{pasted}") == "one two"


@pytest.mark.parametrize("field", MULTI_LINE)
@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_harmless_invisible_character_is_removed(field: str, invisible: str) -> None:
    assert cleaned(field, f"{invisible} sun{invisible}rise{invisible}") == "sunrise"


@pytest.mark.parametrize("field", SINGLE_LINE)
@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u200e"])
def test_invisible_character_in_a_name_is_refused(field: str, invisible: str) -> None:
    assert refusal(field, f"sun{invisible}rise") == "It must not contain invisible characters."


@pytest.mark.parametrize("field", EVERY)
@pytest.mark.parametrize("text", ["\v", "\u200b", "\ufeff\f", "\u2800", "\u00ad \u2060"])
def test_text_without_a_visible_character_is_refused(field: str, text: str) -> None:
    assert refusal(field, text) in ("It must contain visible text.", "It must not be empty.")


@pytest.mark.parametrize("field", EVERY)
@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x90"])
def test_control_character_is_refused(field: str, control: str) -> None:
    assert refusal(field, f"a{control}b") == "It must not contain control characters."
