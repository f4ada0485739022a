"""`make check`: lint the translated template and the workflow's definition, as AWS receives them."""

import json
import logging
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


def translated(template: dict[str, Any], *, stage: str = "dev") -> dict[str, Any]:
    """Return the output of the SAM transform for a stage: plain CloudFormation with roles and routes.

    A state machine's DefinitionUri is replaced by the definition.
    """
    # Imported late, like cfn-lint below, because they take a second or two to import.
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of a feature of its own that is off
    packaged = _packaged(template)
    parameters = {name: str(it.get("Default", "")) for name, it in packaged["Parameters"].items()} | {"Stage": stage}
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    plain: dict[str, Any] = translator.translate(packaged, parameters)
    for resource in plain["Resources"].values():
        location = resource["Properties"].pop("DefinitionS3Location", None)
        if location:
            resource["Properties"]["Definition"] = yaml.safe_load((ROOT / location["Key"]).read_text())
    return plain


def _packaged(template: dict[str, Any]) -> dict[str, Any]:
    """Replace local paths by S3 locations, which the transform requires. The key is the local path."""
    packaged = deepcopy(template)
    for resource in packaged["Resources"].values():
        properties = resource.get("Properties", {})
        for name in {"CodeUri", "ContentUri", "DefinitionUri"} & properties.keys():
            properties[name] = {"Bucket": "bucket", "Key": properties[name]}
    return packaged


def problems(plain: dict[str, Any]) -> list[str]:
    """Return the problems of a translated template and its workflows, one line each."""
    found = [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in _lint(plain)]
    for name, resource in plain["Resources"].items():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            found += [f"{name}: {problem}" for problem in graph_problems(resource["Properties"]["Definition"])]
    return found


def _lint(plain: dict[str, Any]) -> list[Any]:
    from cfnlint import api

    # W2001, unused parameter: the transform replaces some parameters by their values.
    options = api.ManualArgs(regions=[REGION], ignore_checks=["W2001"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.json")
        file.write_text(json.dumps(plain))
        return list(api.lint_file(file, config=options))


def graph_problems(definition: dict[str, Any]) -> list[str]:
    """Return transitions to missing states, and unreachable states. cfn-lint checks neither."""
    states = definition["States"]
    reached: set[str] = set()
    ahead = [definition["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name in states and name not in reached:
            reached.add(name)
            ahead += successors(states[name])
    named = {definition["StartAt"], *(target for state in states.values() for target in successors(state))}
    missing = [f"missing state {name!r}" for name in sorted(named - states.keys())]
    return missing + [f"unreachable state {name!r}" for name in sorted(states.keys() - reached)]


def successors(state: dict[str, Any]) -> Iterator[str]:
    """Return the names of the possible next states."""
    for branch in [state, *state.get("Choices", []), *state.get("Catch", [])]:
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


if __name__ == "__main__":
    found = problems(translated(source()))
    print("\n".join(found) or "template.yaml and its workflow: no problems")
    sys.exit(bool(found))
