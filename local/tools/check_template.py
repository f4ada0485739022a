"""`make check`: lints the template as AWS gets it, translated and with the workflow's definition in place."""

import json
import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.yaml_helper import yaml_parse

from local.paths import ROOT

REGION = "eu-west-1"


def source() -> dict[str, Any]:
    """The template as written, its intrinsic functions in their long form."""
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return template


def translated(template: dict[str, Any]) -> dict[str, Any]:
    """What the SAM transform makes of a template: plain CloudFormation, roles and routes spelled out.

    A state machine's definition stands in it as the object that its DefinitionUri names.
    """
    # Here and not above, as cfn-lint below: they take a second or two to import.
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    packaged = _packaged(template)
    parameters = {name: str(it.get("Default", "")) for name, it in packaged["Parameters"].items()}
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    plain: dict[str, Any] = translator.translate(packaged, parameters)
    for resource in plain["Resources"].values():
        location = resource["Properties"].pop("DefinitionS3Location", None)
        if location:
            resource["Properties"]["Definition"] = yaml.safe_load((ROOT / location["Key"]).read_text())
    return plain


def _packaged(template: dict[str, Any]) -> dict[str, Any]:
    """As after an upload to S3, which is what the transform insists on; a file's key is its path here."""
    packaged = deepcopy(template)
    for resource in packaged["Resources"].values():
        properties = resource.get("Properties", {})
        for name in {"CodeUri", "ContentUri", "DefinitionUri"} & properties.keys():
            properties[name] = {"Bucket": "bucket", "Key": properties[name]}
    return packaged


def problems(plain: dict[str, Any]) -> list[str]:
    """What is wrong with a translated template and the workflows in it, one line each."""
    found = [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in _lint(plain)]
    for name, resource in plain["Resources"].items():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            found += [f"{name}: {problem}" for problem in graph_problems(resource["Properties"]["Definition"])]
    return found


def _lint(plain: dict[str, Any]) -> list[Any]:
    from cfnlint import api

    # W2001, unused parameter: the transform puts some parameters' values in place of their names.
    options = api.ManualArgs(regions=[REGION], ignore_checks=["W2001"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.json")
        file.write_text(json.dumps(plain))
        return list(api.lint_file(file, config=options))


def graph_problems(definition: dict[str, Any]) -> list[str]:
    """Steps to states that do not exist, and states that no step leads to: cfn-lint checks neither."""
    states = definition["States"]
    reached: set[str] = set()
    ahead = [definition["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name in states and name not in reached:
            reached.add(name)
            ahead += successors(states[name])
    named = {definition["StartAt"], *(target for state in states.values() for target in successors(state))}
    missing = [f"there is no state {name!r}" for name in sorted(named - states.keys())]
    return missing + [f"no step leads to {name!r}" for name in sorted(states.keys() - reached)]


def successors(state: dict[str, Any]) -> Iterator[str]:
    """The names of the states that may follow this one."""
    for branch in [state, *state.get("Choices", []), *state.get("Catch", [])]:
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


if __name__ == "__main__":
    found = problems(translated(source()))
    print("\n".join(found) or "template.yaml, translated, with its workflow: no problems")
    sys.exit(bool(found))
