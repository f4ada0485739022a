"""template.yaml as data: globals merged in; parameters, conditions and intrinsic functions resolved."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ACCOUNT_ID = "123456789012"  # the account that moto plays
REGION = "us-east-1"  # where moto looks for what comes unsigned, such as Cognito's InitiateAuth

Json = Any  # what JSON and YAML hold

_GLOBALS = {"AWS::Serverless::Function": "Function", "AWS::Serverless::HttpApi": "HttpApi"}
_NO_VALUE = object()

Attribute = Callable[[str, str], Json]
"""Gives a resource's attribute: a logical id and "Ref", or a name as in Fn::GetAtt."""


class TemplateError(Exception):
    """The template says something that the local stack cannot follow; the message names it and where."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    logical_id: str
    type: str
    properties: dict[str, Json] = field(repr=False)  # as written: intrinsic functions are not resolved yet


class Template:
    """A template with its parameters given. What depends on resources is resolved with an `Attribute`."""

    def __init__(self, path: Path, *, parameters: Mapping[str, str], stack_name: str) -> None:
        self.folder = path.resolve().parent
        self._document = yaml_parse(path.read_text(encoding="utf-8"))
        self._pseudo = {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self.parameters = self._given(parameters)
        self.resources = {
            logical_id: self._resource(logical_id, body)
            for logical_id, body in self._document["Resources"].items()
            if self._holds(body.get("Condition"))
        }

    @staticmethod
    def parameter_names(path: Path) -> set[str]:
        """The parameters that the template at `path` declares."""
        return set(yaml_parse(path.read_text(encoding="utf-8")).get("Parameters", {}))

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (it for it in self.resources.values() if it.type in types)

    def resolve(self, value: Json, *, attribute: Attribute) -> Json:
        """The value with every intrinsic function replaced; raises TemplateError at one that it does not know."""
        return _Resolver(self, attribute=attribute).value(value)

    def condition(self, name: str) -> bool:
        return bool(self.resolve(self._section("Conditions", name), attribute=_no_resources))

    def mapping(self, name: str, key: str, subkey: str) -> Json:
        return self._section("Mappings", name)[key][subkey]

    def constant(self, name: str) -> Json:
        """A parameter or a pseudo parameter; KeyError for anything else."""
        return self._pseudo[name] if name in self._pseudo else self.parameters[name]

    def _given(self, parameters: Mapping[str, str]) -> dict[str, Json]:
        declared: dict[str, dict[str, Json]] = self._document.get("Parameters", {})
        if unknown := parameters.keys() - declared.keys():
            known = ", ".join(sorted(declared)) or "none"
            raise TemplateError(f"the template has no parameter {', '.join(sorted(unknown))}; there are: {known}")
        return {name: _parameter(name, body, parameters.get(name)) for name, body in declared.items()}

    def _resource(self, logical_id: str, body: dict[str, Json]) -> Resource:
        section = self._document.get("Globals", {}).get(_GLOBALS.get(body["Type"]), {})
        return Resource(
            logical_id=logical_id, type=body["Type"], properties=_merged(section, body.get("Properties", {}))
        )

    def _holds(self, condition: str | None) -> bool:
        return condition is None or self.condition(condition)

    def _section(self, section: str, name: str) -> Json:
        try:
            return self._document[section][name]
        except KeyError:
            raise TemplateError(f"{section} has no {name}") from None


class _Resolver:
    def __init__(self, template: Template, *, attribute: Attribute) -> None:
        self._template = template
        self._attribute = attribute
        self._functions: dict[str, Callable[[Json], Json]] = {
            "Ref": self._ref,
            "Condition": template.condition,
            "Fn::And": lambda them: all(self.value(it) for it in them),
            "Fn::Equals": lambda them: self.value(them[0]) == self.value(them[1]),
            "Fn::FindInMap": lambda them: template.mapping(*(self.value(it) for it in them)),
            "Fn::GetAtt": self._get_att,
            "Fn::If": lambda them: self.value(them[1 if template.condition(them[0]) else 2]),
            "Fn::Join": lambda them: str(them[0]).join(str(it) for it in self.value(them[1])),
            "Fn::Not": lambda them: not self.value(them[0]),
            "Fn::Or": lambda them: any(self.value(it) for it in them),
            "Fn::Select": lambda them: self.value(them[1])[int(self.value(them[0]))],
            "Fn::Split": lambda them: self.value(them[1]).split(them[0]),
            "Fn::Sub": self._sub,
        }

    def value(self, value: Json) -> Json:
        if isinstance(value, list):
            return [it for it in map(self.value, value) if it is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in self._functions:
            return self._functions[name](value[name])
        if unknown := [key for key in value if str(key).startswith("Fn::")]:
            raise TemplateError(f"the local stack does not know the intrinsic function {unknown[0]}: {value}")
        resolved = {key: self.value(it) for key, it in value.items()}
        return {key: it for key, it in resolved.items() if it is not _NO_VALUE}

    def _ref(self, name: str) -> Json:
        try:
            return self._template.constant(name)
        except KeyError:
            return self._attribute(name, "Ref")

    def _get_att(self, path: list[str] | str) -> Json:
        logical_id, _, name = ".".join([path] if isinstance(path, str) else path).partition(".")
        return self._attribute(logical_id, name)

    def _sub(self, given: str | list[Json]) -> str:
        text, variables = (given, {}) if isinstance(given, str) else given
        return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._substitute(match[1], variables)), text)

    def _substitute(self, name: str, variables: dict[str, Json]) -> Json:
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in variables:
            return self.value(variables[name])
        return self._get_att(name) if "." in name else self._ref(name)


def _parameter(name: str, declared: dict[str, Json], given: str | None) -> Json:
    value = declared.get("Default") if given is None else given
    if value is None:
        raise TemplateError(f"the parameter {name} has no default and was not given")
    if wanted := _broken_rule(declared, str(value)):
        raise TemplateError(f"the parameter {name} must be {wanted}, and not {value!r}")
    return str(value).split(",") if declared["Type"] in {"CommaDelimitedList", "List<String>"} else str(value)


def _broken_rule(declared: dict[str, Json], value: str) -> str | None:
    """What the value should be and is not, as CloudFormation would check it; None where all is well."""
    if (allowed := declared.get("AllowedValues")) and value not in map(str, allowed):
        return f"one of {', '.join(map(str, allowed))}"
    if (pattern := declared.get("AllowedPattern")) and not re.fullmatch(pattern, value):
        return f"like {pattern}"
    if declared["Type"] == "Number" and not (value.isdecimal() and int(value) >= declared.get("MinValue", 0)):
        return f"a whole number from {declared.get('MinValue', 0)} up"
    return None


def _merged(section: Json, properties: Json) -> Json:
    """As SAM merges Globals: mappings key by key, lists one after the other, anything else by the resource's own."""
    if isinstance(section, dict) and isinstance(properties, dict):
        both = {key: _merged(section[key], properties[key]) for key in section.keys() & properties.keys()}
        return {**section, **properties, **both}
    if isinstance(section, list) and isinstance(properties, list):
        return section + properties
    return properties


def _no_resources(logical_id: str, name: str) -> Json:
    raise TemplateError(f"a condition may not ask for a resource's attribute: {logical_id}.{name}")
