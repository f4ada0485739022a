"""Every template file renders a complete prompt. New templates are tested without changes here."""

import json
import re
import string

import pytest

from keepreel.prompts import templates
from keepreel.prompts.templates import Flow, MissingVariables, Template
from keepreel.schemas import fields
from local.paths import ROOT

FOLDER = ROOT / "layers/keepreel/python/keepreel/prompt_templates"
COMMUNITY = json.loads((ROOT / "local/samples/community.json").read_text(encoding="utf-8"))
TYPES = ("intro", "promo", "token_reveal")

EACH_TEMPLATE = pytest.mark.parametrize("template", templates.load_all().values(), ids=lambda template: template.id)
TEMPLATES_AND_FLOWS = [(template, flow) for template in templates.load_all().values() for flow in template.flows]
EACH_TEMPLATE_AND_FLOW = pytest.mark.parametrize(
    ("template", "flow"),
    [pytest.param(template, flow, id=f"{template.id}-{flow}") for template, flow in TEMPLATES_AND_FLOWS],
)


def required_values(template: Template, flow: Flow) -> dict[str, str]:
    """Return the required variables with their example values."""
    return {
        variable.name: variable.example or ""
        for variable in template.variables
        if variable.required and flow in variable.flows
    }


def longest_values(template: Template, flow: Flow, *, value: str) -> dict[str, str]:
    """Return every variable at its maximum length."""
    return {
        variable.name: (value * variable.longest)[: variable.longest]
        for variable in template.variables
        if flow in variable.flows
    }


def test_every_file_is_a_template() -> None:
    assert set(templates.load_all()) == {file.stem for file in FOLDER.iterdir() if file.name != "__pycache__"}
    assert len(templates.load_all()) >= len(TYPES) + 12


def test_bot_types_come_first_then_categories_in_order() -> None:
    in_order = list(templates.load_all().values())

    assert tuple(template.type for template in in_order[:3]) == TYPES
    assert all(template.type is None for template in in_order[3:])
    assert in_order[3:] == sorted(in_order[3:], key=lambda template: (template.category, template.name))


def test_template_names_are_unique() -> None:
    names = [template.name for template in templates.load_all().values()]

    assert len(set(names)) == len(names)


@EACH_TEMPLATE
def test_template_has_every_field_of_the_picker(template: Template) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", template.id)
    assert isinstance(template.version, int)
    assert template.version >= 1
    assert template.name == template.name.strip() != ""
    assert re.fullmatch(r"[a-z]+", template.category)
    assert re.fullmatch(r"[A-Z][^.\n]{20,140}\.", template.description)
    assert template.flows in {("image",), ("text",), ("image", "text")}
    assert template.type in {None, *TYPES}


@EACH_TEMPLATE
def test_declared_variables_are_the_used_ones(template: Template) -> None:
    named = {name for text in template.wording.values() for name in string.Template(text).get_identifiers()}

    assert named == {variable.name for variable in template.variables}


@EACH_TEMPLATE
def test_variable_has_every_field_of_the_form(template: Template) -> None:
    for variable in template.variables:
        assert re.fullmatch(r"[a-z][a-z_]*", variable.name)
        assert variable.label
        assert isinstance(variable.required, bool)
        assert variable.example
        assert not (variable.required and variable.default)
        for text in (variable.example, variable.default or ""):
            assert text == " ".join(text.split())
            assert len(text) <= variable.longest


@EACH_TEMPLATE
def test_community_fields_fill_the_variables_of_bot_types_only(template: Template) -> None:
    sources = {source for variable in template.variables for source in variable.sources}

    assert sources <= set(COMMUNITY)
    assert all(bool(variable.sources) == bool(template.type) for variable in template.variables)
    if template.type:  # in each flow, the template uses every variable that the community fills
        assert all(variable.flows == template.flows for variable in template.variables)


@EACH_TEMPLATE_AND_FLOW
def test_wording_renders_a_complete_prompt(template: Template, flow: Flow) -> None:
    prompt = templates.render(template, required_values(template, flow), flow=flow)

    assert 40 <= len(prompt.split()) <= 160
    assert prompt == " ".join(prompt.split())
    assert prompt.endswith(".")
    assert "$" not in prompt
    assert not re.search(r"\s[.,;:]|[.,;:]{2}|“\s*”|\"\s*\"", prompt)


@EACH_TEMPLATE_AND_FLOW
def test_each_line_of_a_wording_is_a_sentence(template: Template, flow: Flow) -> None:
    lines = template.wording[flow].strip().splitlines()

    assert len(lines) >= 4
    assert all(re.fullmatch(r"[A-Z$].*\.", line) for line in lines)


@EACH_TEMPLATE_AND_FLOW
def test_only_the_image_wording_refers_to_the_picture(template: Template, flow: Flow) -> None:
    assert ("the picture" in template.wording[flow]) == (flow == "image")


@pytest.mark.parametrize(
    "template",
    [template for template, flow in TEMPLATES_AND_FLOWS if flow == "image"],
    ids=lambda template: template.id,
)
def test_image_wording_leaves_framing_and_lens_to_the_picture(template: Template) -> None:
    assert not re.search(
        r"\d mm\b|framed|centered|pull-back|at eye level|(chest|shoulder|product) height|"
        r"(upper|lower) (third|two|part)",
        template.wording["image"],
    )


@pytest.mark.parametrize("id", ["intro", "promo", "token-reveal", "hello-wave"])
def test_image_wording_does_not_assume_a_human_avatar(id: str) -> None:
    """It may be a logo, a robot or an animal. Video models read "they" for one character as two people."""
    wording = templates.load_all()[id].wording["image"]

    assert "the character" in wording
    assert not re.search(r"\b(face|chin|smile|hair|clothes|shoulders?|person|host)\b", wording)
    assert not re.search(r"\b(they|their|them|he|she|his|her)\b", wording, re.IGNORECASE)


@pytest.mark.parametrize("flow", ["image", "text"])
def test_promo_has_three_beats(flow: Flow) -> None:
    starts = [line.split(" ")[0] for line in templates.for_type("promo").wording[flow].splitlines()]

    assert [start for start in starts if start in {"First,", "Then", "Next,", "Last,"}] == ["First,", "Then", "Last,"]


@pytest.mark.parametrize("flow", ["image", "text"])
def test_token_reveal_shows_the_symbol_once_and_no_other_lettering(flow: Flow) -> None:
    wording = templates.for_type("token_reveal").wording[flow]

    assert wording.count("$token_symbol") == 1
    assert not re.search(r"emblem|logo|inscription|ticker", wording)


@EACH_TEMPLATE_AND_FLOW
@pytest.mark.parametrize("value", ["a", "🎞", "$x ", "e\u0301"])
def test_longest_prompt_is_within_the_limit(template: Template, flow: Flow, value: str) -> None:
    prompt = templates.render(template, longest_values(template, flow, value=value), flow=flow)

    assert len(prompt) <= fields.MAX_PROMPT_CHARS


@pytest.mark.parametrize(("template", "flow"), [each for each in TEMPLATES_AND_FLOWS if required_values(*each)])
def test_error_names_every_missing_variable(template: Template, flow: Flow) -> None:
    required = required_values(template, flow)

    with pytest.raises(MissingVariables) as caught:
        templates.render(template, dict.fromkeys(required, " \n "), flow=flow)

    assert caught.value.variables == tuple(required)
