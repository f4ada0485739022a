"""Prompt templates: load prompt_templates/*.toml and render a prompt from a template and its variables."""

import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from keepreel.errors import KeepreelError
from keepreel.prompts.bot_description import SENTENCE_END, description

Flow = Literal["image", "text"]

_EXTRA_PERIOD = re.compile(r"""([.!?…؟।。！？]["'”’»」』]?)\.$""")  # after a value that ends with punctuation
_TRAILING = """ ,;:–—-([{"'“‘«&/"""
_COMBINING = {"Mn", "Mc", "Me", "Cf", "Sk"}  # Unicode categories of marks that belong to the character before
_ZERO_WIDTH_JOINER = "\u200d"
_REQUIREMENTS = {"agent_instructions": " that say what it does"}  # filled instructions may still lack a description


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of a template: the TOML table `[variables.<name>]`.

    label      its name in the form
    longest    the maximum length in characters
    required   whether rendering fails without a value
    default    the value if none is given; without a default, each sentence that uses the variable is left out
    example    a sample value for the form
    from       community fields; the first one with a value is used (here `sources`)
    flows      the flows whose wording uses the variable; derived from the wording, not stored in the file
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
    """One file of prompt_templates/. Its id is the file name.

    version      increases with every change of the wording; stored in each video's record
    category     the group in the template picker
    description  one sentence for the template picker
    type         the type of bot video that uses this template; the community's fields fill its variables
    wording      by flow: `image` refers to the source image, `text` describes everything.
                 One sentence per line; `$name` is a variable
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
    """The template cannot be rendered with these values. The message is for the user."""


class FlowNotOffered(PromptError):
    def __init__(self, template: Template, *, flow: Flow) -> None:
        super().__init__(f"“{template.name}” needs {'no' if flow == 'image' else 'a'} source image.")


class BadVariables(PromptError):
    """`problems` has the name of each unusable variable and what is wrong with it."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__(" ".join(f"{name}: {detail}" for name, detail in problems))
        self.problems = problems


class MissingVariables(PromptError):
    """`variables` are required but empty; `fields` are the community fields that would fill them."""

    def __init__(self, missing: Sequence[Variable]) -> None:
        self.variables = tuple(variable.name for variable in missing)
        self.fields = tuple(variable.sources[-1] for variable in missing if variable.sources)
        names = " and ".join(f"no {name}{_REQUIREMENTS.get(name, '')}" for name in self.fields or self.variables)
        super().__init__(f"The community has {names}." if self.fields else f"There is {names}.")


@lru_cache(maxsize=1)
def load_all() -> dict[str, Template]:
    """Return every template by its id: templates of bot video types first, then by category and name."""
    folder = resources.files("keepreel") / "prompt_templates"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}
    loaded = [_template(name.removesuffix(".toml"), tomllib.loads(text)) for name, text in texts.items()]
    loaded.sort(key=lambda template: (template.type is None, template.category, template.name))
    return {template.id: template for template in loaded}


def for_type(type: str) -> Template:
    """Return the template of a bot video type. Raises KeyError for a type without a template, such as `custom`."""
    by_type: dict[str, Template] = {template.type: template for template in load_all().values() if template.type}
    return by_type[type]


def community_values(template: Template, fields: Mapping[str, str | None]) -> dict[str, str]:
    """Return the variables' values from a community's fields, on one line and truncated. Empty fields are left out.

    From the instructions it takes the bot's description.
    """
    filled = {name: value for name, value in fields.items() if value}
    if "agent_instructions" in filled:
        filled["agent_instructions"] = description(filled["agent_instructions"])
    values = {}
    for variable in template.variables:
        given = (_one_line(filled.get(source, "")) for source in variable.sources)
        if value := next(filter(None, given), ""):
            values[variable.name] = _truncated(value, max_chars=variable.longest)
    return values


def render(template: Template, values: Mapping[str, str], *, flow: Flow) -> str:
    """Return the prompt, on one line. A value is never read as a placeholder.

    Raises FlowNotOffered, BadVariables, or MissingVariables, which names all missing variables.
    """
    if flow not in template.wording:
        raise FlowNotOffered(template, flow=flow)
    filled = _with_defaults([variable for variable in template.variables if flow in variable.flows], values)
    lines = [string.Template(line) for line in template.wording[flow].splitlines() if line]
    sentences = [line.substitute(filled) for line in lines if filled.keys() >= set(line.get_identifiers())]
    return " ".join(_EXTRA_PERIOD.sub(r"\1", sentence) for sentence in sentences)


def _with_defaults(variables: list[Variable], values: Mapping[str, str]) -> dict[str, str]:
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
            yield name, f"Unknown variable. This template has: {', '.join(variables) or 'no variables'}."
        elif len(value) > variables[name].longest:
            yield name, f"Must be at most {variables[name].longest} characters."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _truncated(text: str, *, max_chars: int) -> str:
    """Truncate after a sentence, else after a word, or inside a word if more than half of the text would be lost."""
    if len(text) <= max_chars:
        return text
    sentences = [match.end() for match in SENTENCE_END.finditer(text, 0, max_chars + 1) if match.end() <= max_chars]
    if sentences and sentences[-1] > max_chars // 2:
        return text[: sentences[-1]]
    word = text.rfind(" ", 0, max_chars + 1)
    return text[: word if word > max_chars // 2 else _end_of_character(text, max_chars)].rstrip(_TRAILING)


def _end_of_character(text: str, end: int) -> int:
    """Return the last position up to `end` that does not split a letter from its accents or an emoji sequence."""
    whole = end
    while whole and (unicodedata.category(text[whole]) in _COMBINING or text[whole - 1] == _ZERO_WIDTH_JOINER):
        whole -= 1
    return whole or end


def _template(id: str, row: dict[str, Any]) -> Template:
    tables = row.get("variables", {}).items()
    variables = tuple(_variable(name, table, wording=row["wording"]) for name, table in tables)
    return Template(**{**row, "id": id, "variables": variables})


def _variable(name: str, table: dict[str, Any], *, wording: dict[Flow, str]) -> Variable:
    fields = {field: value for field, value in table.items() if field != "from"}
    flows = tuple(flow for flow, text in wording.items() if name in string.Template(text).get_identifiers())
    return Variable(name=name, sources=tuple(table.get("from", ())), flows=flows, **fields)
