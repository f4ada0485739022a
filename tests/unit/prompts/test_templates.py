"""Rendering a template: variables, defaults, errors, and truncation of a community's texts."""

from dataclasses import replace

import pytest

from keepreel.prompts import templates
from keepreel.prompts.templates import BadVariables, FlowNotOffered, MissingVariables, Template, Variable

SMILE = Template(
    id="smile",
    version=1,
    name="Smile",
    category="portrait",
    description="A smile.",
    variables=(
        Variable(
            name="who", label="Who", longest=40, required=True, sources=("agent_name", "name"), flows=("image", "text")
        ),
        Variable(name="why", label="Why", longest=40, required=False, sources=("token_name",), flows=("text",)),
        Variable(name="mood", label="Mood", longest=9, required=False, default="warm", flows=("image", "text")),
    ),
    wording={
        "image": "The face of $who lights up.\nThe mood is $mood.\n",
        "text": "$who smiles.\nThe reason: $why.\nThe mood is $mood.\n",
    },
)
WITHOUT_VARIABLES = replace(SMILE, variables=(), wording={"text": "A quiet room.\n"})


def truncated(text: str) -> str:
    return templates.community_values(SMILE, {"token_name": text})["why"]


def test_first_filled_field_is_used() -> None:
    fields = {"name": "Studio", "agent_name": "Sophia"}

    assert templates.community_values(SMILE, fields) == {"who": "Sophia"}
    assert templates.community_values(SMILE, {**fields, "agent_name": "\t"}) == {"who": "Studio"}
    assert templates.community_values(SMILE, {"agent_name": None, "token_symbol": "GLOW"}) == {}


def test_missing_value_uses_the_default_or_drops_its_sentence() -> None:
    given = {"who": "Sophia", "why": "", "mood": " "}

    assert templates.render(SMILE, given, flow="text") == "Sophia smiles. The mood is warm."
    assert templates.render(SMILE, given, flow="image") == "The face of Sophia lights up. The mood is warm."


def test_given_values_replace_the_variables() -> None:
    given = {"who": "Sophia", "why": "the light", "mood": "proud"}

    assert templates.render(SMILE, given, flow="text") == "Sophia smiles. The reason: the light. The mood is proud."


@pytest.mark.parametrize("end", [".", "!", "?", "…", "。", '."', "!”"])
def test_value_with_final_punctuation_gets_no_extra_period(end: str) -> None:
    prompt = templates.render(SMILE, {"who": "Sophia", "why": f"so much light{end}"}, flow="text")

    assert prompt == f"Sophia smiles. The reason: so much light{end} The mood is warm."


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("$mood ${mood} $$ $", "$mood ${mood} $$ $"),
        ("{who} {0} %s %(who)s", "{who} {0} %s %(who)s"),
        ("one\n\n two\t\tthree\u2028four", "one two three four"),
        ("👩🏽\u200d🚀 🇩🇪", "👩🏽\u200d🚀 🇩🇪"),
        ("\u202eabc\u200f", "\u202eabc\u200f"),
        ("\\1 \\g<0> \\n", "\\1 \\g<0> \\n"),
        ("Zoe\u0308 שרה", "Zoe\u0308 שרה"),
        ("a" * 40, "a" * 40),
    ],
)
def test_value_stays_plain_text(hostile: str, plain: str) -> None:
    prompt = templates.render(SMILE, {"who": hostile, "why": hostile}, flow="text")

    assert prompt == f"{plain} smiles. The reason: {plain}. The mood is warm."
    assert templates.community_values(SMILE, {"name": hostile}) == {"who": plain}


def test_error_names_every_invalid_value() -> None:
    with pytest.raises(BadVariables) as caught:
        templates.render(SMILE, {"color": "red", "who": "a" * 2000, "mood": "m" * 10}, flow="text")

    assert caught.value.problems == (
        ("color", "Unknown variable. This template has: who, why, mood."),
        ("who", "Must be at most 40 characters."),
        ("mood", "Must be at most 9 characters."),
    )
    assert "a" * 40 not in str(caught.value)


def test_value_for_the_other_flow_is_an_error() -> None:
    with pytest.raises(BadVariables) as caught:
        templates.render(SMILE, {"who": "Sophia", "why": "the light"}, flow="image")

    assert caught.value.problems == (("why", "Unknown variable. This template has: who, mood."),)


def test_error_says_that_a_template_has_no_variables() -> None:
    with pytest.raises(BadVariables) as caught:
        templates.render(WITHOUT_VARIABLES, {"mood": "warm"}, flow="text")

    assert caught.value.problems == (("mood", "Unknown variable. This template has: no variables."),)


def test_error_names_variables_that_no_community_field_fills() -> None:
    bare = replace(SMILE, variables=tuple(replace(variable, sources=()) for variable in SMILE.variables))

    with pytest.raises(MissingVariables) as caught:
        templates.render(bare, {}, flow="text")

    assert (caught.value.variables, caught.value.fields) == (("who",), ())
    assert str(caught.value) == "There is no who."


def test_unsupported_flow_is_refused() -> None:
    from_image = replace(WITHOUT_VARIABLES, wording={"image": "The picture wakes.\n"})

    with pytest.raises(FlowNotOffered, match="“Smile” needs no source image"):
        templates.render(WITHOUT_VARIABLES, {}, flow="image")
    with pytest.raises(FlowNotOffered, match="“Smile” needs a source image"):
        templates.render(from_image, {}, flow="text")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("I take photographs of your products now.", "I take photographs of your products now."),
        ("I take photographs for brands. I also do portraits.", "I take photographs for brands."),
        ('She says "I photograph every brand." And then more.', 'She says "I photograph every brand."'),
        ('I say "we photograph all brands we see." More.', 'I say "we photograph all brands we see."'),
        ("I take photographs of products and brand films", "I take photographs of products and brand"),
        ("Hi " + "a" * 100, "Hi " + "a" * 37),
        ("我" * 40 + "。我", "我" * 40),
        ("Hi. I take photographs for brands and then I edit", "Hi. I take photographs for brands and"),
        ("I take photographs for brands, shops – and people", "I take photographs for brands, shops"),
        ("I take photographs for 2.5 million brands today", "I take photographs for 2.5 million"),
        ("a" * 2000, "a" * 40),
        ("我为品牌拍摄照片。" * 10, "我为品牌拍摄照片。" * 4),
        ("我" * 50, "我" * 40),
        ("a" * 39 + "e\u0301" + "a" * 9, "a" * 39),
        ("a" * 38 + "👩🏽\u200d🚀" + "a" * 9, "a" * 38),
        ("a" * 37 + "👩🏽\u200d🚀" + "a" * 9, "a" * 37),
        ("e" + "\u0301" * 2000, "e" + "\u0301" * 39),
    ],
)
def test_long_community_text_is_truncated_after_a_sentence_or_word(text: str, short: str) -> None:
    assert truncated(text) == short
