"""Prompts from templates: prompt_templates/*.toml as dataclasses, and what becomes of them with somebody's values."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from string import Template as Wording
from typing import Any, Literal

from keepreel.errors import KeepreelError
from keepreel.prompts.bot_description import SENTENCE_END, description

Flow = Literal["image", "text"]

_SECOND_STOP = re.compile(r"""([.!?…؟।。！？]["'”’»」』]?)\.$""")  # after a value that ends its sentence by itself
_DANGLING = """ ,;:–—-([{"'“‘«&/"""
_JOINED = {"Mn", "Mc", "Me", "Cf", "Sk"}  # Unicode categories of what belongs to the character before it
_ZERO_WIDTH_JOINER = "\u200d"
_OF_USE = {"agent_instructions": " that say what it does"}  # they may be filled, and still have nothing for a prompt


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A blank in a template: the table `[variables.<name>]`.

    label      what the form calls it
    longest    in characters
    required   whether there is no prompt without it
    default    what stands there when nothing is given; without one, each sentence that names it is left out
    example    a value to show in the form
    from       of a community's fields, the first one that is filled is the value; here `sources`
    flows      whose wording names it; found in the wording, not written in the file
    """

    name: str
    label: str
    longest: int
    required: bool
    default: str | None = None
    example: str | None = None
    sources: tuple[str, ...] = ()
    flows: tuple[Flow, ...]


@dataclass(frozen=True, kw_only=True)
class Template:
    """One file of prompt_templates/; its id is the file's name.

    version      goes up with every change of the wording; a video's record keeps it
    category     where the picker lists it
    description  one sentence for the picker
    type         of the bot video that is built from it; its variables are filled from the community
    wording      by flow: `image` refers to what the source image shows, `text` describes it in full.
                 One sentence a line; `$name` is a variable
    """

    id: str
    version: int
    name: str
    category: str
    description: str
    type: Literal["intro", "promo", "token_reveal"] | None = None
    variables: tuple[Variable, ...] = ()
    wording: dict[Flow, str]

    @property
    def flows(self) -> tuple[Flow, ...]:
        return tuple(self.wording)


class PromptError(KeepreelError, ValueError):
    """There is no prompt from this template with these values. The message is for a person."""


class FlowNotOffered(PromptError):
    def __init__(self, template: Template, *, flow: Flow) -> None:
        super().__init__(f"“{template.name}” needs {'no' if flow == 'image' else 'a'} source image.")


class BadVariables(PromptError):
    """`problems` has the name of each variable that cannot be used, with what is wrong."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__(" ".join(f"{name}: {detail}" for name, detail in problems))
        self.problems = problems


class MissingVariables(PromptError):
    """`variables` are required and empty; `fields` are what the community lacks to fill them."""

    def __init__(self, missing: Sequence[Variable]) -> None:
        self.variables = tuple(variable.name for variable in missing)
        self.fields = tuple(variable.sources[-1] for variable in missing if variable.sources)
        lacking = " and ".join(f"no {name}{_OF_USE.get(name, '')}" for name in self.fields or self.variables)
        super().__init__(f"The community has {lacking}." if self.fields else f"There is {lacking}.")


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """Every template by its id: those of the bot video's types first, then by category and name."""
    folder = resources.files("keepreel") / "prompt_templates"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}
    loaded = [_template(name.removesuffix(".toml"), tomllib.loads(text)) for name, text in texts.items()]
    loaded.sort(key=lambda template: (template.type is None, template.category, template.name))
    return {template.id: template for template in loaded}


def for_type(type: str) -> Template:
    """The template of a type of bot video. Raises KeyError for a type that has none, as `custom`."""
    by_type: dict[str, Template] = {template.type: template for template in templates().values() if template.type}
    return by_type[type]


def community_values(template: Template, fields: Mapping[str, str | None]) -> dict[str, str]:
    """The values that a community's fields give: on one line, and cut to their longest. What is empty is left out.

    Of the instructions it takes the description that can be found in them.
    """
    filled = {name: value for name, value in fields.items() if value}
    if "agent_instructions" in filled:
        filled["agent_instructions"] = description(filled["agent_instructions"])
    values = {}
    for variable in template.variables:
        given = (_one_line(filled.get(source, "")) for source in variable.sources)
        if value := next(filter(None, given), ""):
            values[variable.name] = _cut(value, longest=variable.longest)
    return values


def built(template: Template, values: Mapping[str, str], *, flow: Flow) -> str:
    """The finished prompt, on one line. A value is never read as a placeholder.

    Raises FlowNotOffered, BadVariables, or MissingVariables, which names all that are missing.
    """
    if flow not in template.wording:
        raise FlowNotOffered(template, flow=flow)
    filled = _filled([variable for variable in template.variables if flow in variable.flows], values)
    lines = [Wording(line) for line in template.wording[flow].splitlines() if line]
    sentences = [line.substitute(filled) for line in lines if filled.keys() >= set(line.get_identifiers())]
    return " ".join(_SECOND_STOP.sub(r"\1", sentence) for sentence in sentences)


def _filled(variables: list[Variable], values: Mapping[str, str]) -> dict[str, str]:
    given = {name: line for name, value in values.items() if (line := _one_line(value))}
    if problems := tuple(_problems({variable.name: variable for variable in variables}, given)):
        raise BadVariables(problems)
    filled = {variable.name: variable.default for variable in variables if variable.default} | given
    if missing := [variable for variable in variables if variable.required and variable.name not in filled]:
        raise MissingVariables(missing)
    return filled


def _problems(variables: dict[str, Variable], given: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if name not in variables:
            yield name, f"There is no such variable here. These can be set: {', '.join(variables) or 'none'}."
        elif len(value) > variables[name].longest:
            yield name, f"It must not be longer than {variables[name].longest} characters."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, *, longest: int) -> str:
    """At the end of a sentence, or else of a word; inside a word only where half of the text would go otherwise."""
    if len(text) <= longest:
        return text
    sentences = [match.end() for match in SENTENCE_END.finditer(text, 0, longest + 1) if match.end() <= longest]
    if sentences and sentences[-1] > longest // 2:
        return text[: sentences[-1]]
    word = text.rfind(" ", 0, longest + 1)
    return text[: word if word > longest // 2 else _end_of_character(text, longest)].rstrip(_DANGLING)


def _end_of_character(text: str, end: int) -> int:
    """The last place up to `end` that parts no letter from its accents and no emoji from its other half."""
    whole = end
    while whole and (unicodedata.category(text[whole]) in _JOINED or text[whole - 1] == _ZERO_WIDTH_JOINER):
        whole -= 1
    return whole or end


def _template(id: str, row: dict[str, Any]) -> Template:
    tables = row.get("variables", {}).items()
    variables = tuple(_variable(name, table, wording=row["wording"]) for name, table in tables)
    return Template(**{**row, "id": id, "variables": variables})


def _variable(name: str, table: dict[str, Any], *, wording: dict[Flow, str]) -> Variable:
    fields = {field: value for field, value in table.items() if field != "from"}
    flows = tuple(flow for flow, text in wording.items() if name in Wording(text).get_identifiers())
    return Variable(name=name, sources=tuple(table.get("from", ())), flows=flows, **fields)
