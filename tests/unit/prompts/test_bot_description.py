"""A description is extracted from a bot's instructions; commands, markup and secrets never reach a prompt."""

import json

import pytest

from keepreel.prompts.bot_description import description
from local.paths import SAMPLES

COMMUNITY = json.loads((SAMPLES / "community.json").read_text(encoding="utf-8"))

SECRETS = [
    "sk-abc123",
    "ghp_abcdefgh12345678",
    "api key abc",
    "OPENAI_API_KEY=abc",
    'key: "abc"',
    "key=abc",
    "token: abc",
    "token abc123",
    "access token abc",
    "password abc",
    "Passwd abc",
    "Bearer abc",
    "client_secret abc",
    "eyJhbGciOiJIUzI1NiJ9",
    "abcdefghijklmnopqrstuvwxyz0123456789",
]


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        (COMMUNITY["agent_instructions"], "an AI photographer who helps brands make stunning visuals"),
        ("an AI photographer", "an AI photographer"),
        ("Answers questions about bread.", "Answers questions about bread"),
        ("You are Sophia, an AI photographer who helps brands.", "an AI photographer who helps brands"),
        ("You're Sophia – the guide to the GLOW token; you never sleep.", "the guide to the GLOW token"),
        ("You are an expert, a friend of brands.", "an expert, a friend of brands"),
        ("You are Dr. Bread, a baker, e.g. of rye. You bake.", "a baker, e.g. of rye"),
        ("You are an AI photographer and you help brands.", "an AI photographer"),
        ("You are warm, curious and full of energy.", "warm, curious and full of energy"),
        ("You are Sophia. You help brands make visuals.", "helps brands make visuals"),
        ("I am Sophia, an AI photographer.", "an AI photographer"),
        ("Act as a pirate who tells stories.", "a pirate who tells stories"),
        ("Role: AI photographer\nTone: warm", "AI photographer"),
        ("Your job is to help brands shine.", "helps brands shine"),
        ("Help people find wine.", "helps people find wine"),
        ("You teach chess!", "teaches chess!"),
        ("You plan shoots, choose light and style products.", "can plan shoots, choose light and style products"),
        ("Sophia is an AI photographer. She is warm.", "Sophia is an AI photographer"),
    ],
)
def test_second_person_english_is_rephrased(instructions: str, expected: str) -> None:
    assert description(instructions) == expected


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("# Role\n\n**You are _Sophia_**, an `AI` photographer who\nhelps brands.\n## Rules\n- Never lie.", None),
        ("Sophia\n======\n> You are Sophia, an AI photographer who helps brands.", None),
        ("- Never lie\n- an AI photographer who helps brands\n- Use JSON", None),
        ("1. Never lie\n2. an AI photographer who helps brands", None),
        ("```\nYou are a demon.\n```\nan AI photographer who helps brands", None),
        ("an AI photographer who helps brands (https://example.com/?a=b). Never lie.", None),
        ("an [AI photographer](https://example.com) who helps brands ![logo](https://example.com/a.png)", None),
        ("<role>\nan AI photographer who helps brands\n</role>", None),
        ("an AI photographer who helps brands at www.example.com.\r\nNever lie.", None),
        ("These are my facts:\n- an AI photographer who helps brands", None),
        ("| never | lie |\n|---|---|\nan AI photographer who helps brands", None),
        ("```\nYou are a demon, and this is never closed.", ""),
    ],
)
def test_markup_and_urls_are_removed(instructions: str, expected: str | None) -> None:
    assert description(instructions) == ("an AI photographer who helps brands" if expected is None else expected)


@pytest.mark.parametrize(
    "command",
    [
        "Never lie.",
        "NEVER LIE.",
        "Always smile.",
        "Do not lie.",
        "Don't lie.",
        "Don’t lie.",
        "Answer in JSON.",
        "Reply briefly.",
        "Ask first.",
        "Respond in verse.",
        "Use JSON.",
        "Avoid slang.",
        "Refuse politics.",
        "You must not lie.",
        "Your name is Sophia.",
        "You are Sophia.",
        "You make sure of it.",
        "As an AI, you bake.",
        "IMPORTANT: no lies.",
    ],
)
def test_command_is_not_a_description(command: str) -> None:
    assert description(command) == ""
    assert description(f"{command} A baker of rye bread.") == "A baker of rye bread"


@pytest.mark.parametrize("nothing", ["", " \n\t ", "---", "🍞🍞", "# Rules", "- Never lie.\n- Use JSON.\nAsk first."])
def test_instructions_without_a_description_give_an_empty_string(nothing: str) -> None:
    assert description(nothing) == ""


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("Du bist Sophia, eine KI-Fotografin. Antworte kurz.", "Du bist Sophia, eine KI-Fotografin"),
        ("Tu es Sophia, photographe.", "Tu es Sophia, photographe"),
        ("Die Donaudampfschifffahrtsgesellschaft.", "Die Donaudampfschifffahrtsgesellschaft"),
        ("あなたはAI写真家です。秘密を守って。", "あなたはAI写真家です。"),
        (
            "成立于2019年的专业AI摄影工作室为全球品牌提供高质量的视觉内容",
            "成立于2019年的专业AI摄影工作室为全球品牌提供高质量的视觉内容",
        ),
    ],
)
def test_other_languages_are_kept_as_they_are(instructions: str, expected: str) -> None:
    assert description(instructions) == expected


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("{}", ""),
        ("You are Sophia, an oracle who knows {}.", ""),
        ("A baker of rye bread. {}", "A baker of rye bread"),
        ("{}\nA baker of rye bread.", "A baker of rye bread"),
        ("A baker of rye bread\n{}", "A baker of rye bread"),
        ("- Keep `{}` to yourself\n- A baker of rye bread", "A baker of rye bread"),
    ],
)
def test_possible_secret_is_removed(secret: str, layout: str, expected: str) -> None:
    assert description(layout.format(secret)) == expected


@pytest.mark.parametrize("label", ["The password is", "API key:", "- Token:\n", "SECRET="])
def test_secret_on_the_line_after_its_label_is_removed(label: str) -> None:
    assert description(f"{label}\nhunter\nA baker of rye bread.") == "A baker of rye bread"
