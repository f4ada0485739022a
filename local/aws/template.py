"""Parse template.yaml: merge Globals, and resolve parameters, conditions and intrinsic functions."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor

ACCOUNT_ID = "123456789012"  # the account id of moto
REGION = "us-east-1"  # moto's region for unsigned requests such as Cognito's InitiateAuth

Json = Any  # any JSON or YAML value

_GLOBALS = {"AWS::Serverless::Function": "Function", "AWS::Serverless::HttpApi": "HttpApi"}
_NO_VALUE = object()

Attribute = Callable[[str, str], Json]
"""Returns an attribute of a resource, by its logical id and "Ref" or a name as in Fn::GetAtt."""


class TemplateError(Exception):
    """The template is invalid or uses a feature that the local stack does not support; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    logical_id: str
    type: str
    properties: dict[str, Json] = field(repr=False)  # intrinsic functions are not resolved yet


class Template:
    """A template with its parameters. Values that depend on resources are resolved with an `Attribute`."""

    def __init__(self, path: Path, *, parameters: Mapping[str, str], stack_name: str) -> None:
        self.folder = path.resolve().parent
        self._document = parsed(path)
        self._pseudo = {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self.parameters = self._checked_parameters(parameters)
        self._check_rules()
        self.resources = {
            logical_id: self._resource(logical_id, body)
            for logical_id, body in self._document["Resources"].items()
            if self._holds(body.get("Condition"))
        }

    @staticmethod
    def parameter_names(path: Path) -> set[str]:
        """Return the parameters that the template at `path` declares."""
        return set(parsed(path).get("Parameters", {}))

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (it for it in self.resources.values() if it.type in types)

    def resolve(self, value: Json, *, attribute: Attribute) -> Json:
        """Resolve every intrinsic function in a value. Raises TemplateError for an unsupported one."""
        return _Resolver(self, attribute=attribute).value(value)

    def condition(self, name: str) -> bool:
        return bool(self.resolve(self._section("Conditions", name), attribute=_no_resources))

    def mapping(self, name: str, key: str, subkey: str) -> Json:
        return self._section("Mappings", name)[key][subkey]

    def constant(self, name: str) -> Json:
        """Return a parameter or pseudo parameter. Raises KeyError."""
        return self._pseudo[name] if name in self._pseudo else self.parameters[name]

    def _checked_parameters(self, parameters: Mapping[str, str]) -> dict[str, Json]:
        declared: dict[str, dict[str, Json]] = self._document.get("Parameters", {})
        if unknown := parameters.keys() - declared.keys():
            known = ", ".join(sorted(declared)) or "none"
            raise TemplateError(f"the template has no parameter {', '.join(sorted(unknown))}; known: {known}")
        return {name: _parameter(name, body, parameters.get(name)) for name, body in declared.items()}

    def _check_rules(self) -> None:
        """Raise TemplateError with the description of the first assertion that the parameters break."""
        for rule in self._document.get("Rules", {}).values():
            if self.resolve(rule.get("RuleCondition", True), attribute=_no_resources):
                for assertion in rule["Assertions"]:
                    if not self.resolve(assertion["Assert"], attribute=_no_resources):
                        raise TemplateError(assertion["AssertDescription"])

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
            raise TemplateError(f"{section} has no entry {name}") from None


class _Resolver:
    def __init__(self, template: Template, *, attribute: Attribute) -> None:
        self._template = template
        self._attribute = attribute
        self._functions: dict[str, Callable[[Json], Json]] = {
            "Ref": self._ref,
            "Condition": template.condition,
            "Fn::And": lambda args: all(self.value(it) for it in args),
            "Fn::Equals": lambda args: self.value(args[0]) == self.value(args[1]),
            "Fn::FindInMap": lambda args: template.mapping(*(self.value(it) for it in args)),
            "Fn::GetAtt": self._get_att,
            "Fn::If": lambda args: self.value(args[1 if template.condition(args[0]) else 2]),
            "Fn::Join": lambda args: str(args[0]).join(str(it) for it in self.value(args[1])),
            "Fn::Not": lambda args: not self.value(args[0]),
            "Fn::Or": lambda args: any(self.value(it) for it in args),
            "Fn::Select": lambda args: self.value(args[1])[int(self.value(args[0]))],
            "Fn::Split": lambda args: self.value(args[1]).split(args[0]),
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
            raise TemplateError(f"the local stack does not support the intrinsic function {unknown[0]}: {value}")
        resolved = {key: self.value(it) for key, it in value.items()}
        return {key: it for key, it in resolved.items() if it is not _NO_VALUE}

    def _ref(self, name: str) -> Json:
        if "." in name:  # in SAM, as in Function.Alias
            return self._get_att(name)
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


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the former is ten times as fast
    """Reads the template's short forms such as `!Ref`, as SAM does."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def parsed(path: Path) -> dict[str, Json]:
    """Parse a YAML file, with the short forms of a template."""
    return parsed_text(path.read_text(encoding="utf-8"))


def parsed_text(text: str) -> dict[str, Json]:
    """Parse YAML, with the short forms of a template."""
    document: dict[str, Json] = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader
    return document


def _parameter(name: str, declared: dict[str, Json], given: str | None) -> Json:
    value = declared.get("Default") if given is None else given
    if value is None:
        raise TemplateError(f"the parameter {name} has no default and needs a value")
    if rule := _broken_rule(declared, str(value)):
        raise TemplateError(f"the parameter {name} must be {rule}, not {value!r}")
    return str(value).split(",") if declared["Type"] in {"CommaDelimitedList", "List<String>"} else str(value)


def _broken_rule(declared: dict[str, Json], value: str) -> str | None:
    """Return the rule that the value breaks, as CloudFormation checks it, or None."""
    if (allowed := declared.get("AllowedValues")) and value not in map(str, allowed):
        return f"one of {', '.join(map(str, allowed))}"
    if (pattern := declared.get("AllowedPattern")) and not re.fullmatch(pattern, value):
        example = declared.get("Default")
        return f"a match of {pattern}" + (f", such as {example}" if example else "")
    if declared["Type"] == "Number":
        lowest, highest = declared.get("MinValue", 0), declared.get("MaxValue")
        if not (value.isdecimal() and lowest <= int(value) <= (highest or int(value))):
            return f"a whole number of at least {lowest}" + (f" and at most {highest}" if highest else "")
    return None


def _merged(section: Json, properties: Json) -> Json:
    """Merge like SAM's Globals: mappings key by key, lists concatenated, other values from the resource."""
    if isinstance(section, dict) and isinstance(properties, dict):
        both = {key: _merged(section[key], properties[key]) for key in section.keys() & properties.keys()}
        return {**section, **properties, **both}
    if isinstance(section, list) and isinstance(properties, list):
        return section + properties
    return properties


def _no_resources(logical_id: str, name: str) -> Json:
    raise TemplateError(f"a condition or rule cannot use an attribute of a resource: {logical_id}.{name}")
