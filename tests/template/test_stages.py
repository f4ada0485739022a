"""Two stages in one account: the template as SAM translates it for dev and for prod."""

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from local.tools import check_template

# Properties that are the name of a resource of its own in the account.
NAMES = {
    *("AlarmName", "BucketName", "DashboardName", "FunctionName", "GroupName", "LogGroupName", "ManagedPolicyName"),
    *("Name", "QueueName", "RoleName", "StateMachineName", "TableName", "TopicName", "UserPoolName"),
}
# Parts of a function, named after it or within it.
PARTS = {
    *("AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission", "AWS::Lambda::Version"),
    *("AWS::ApiGatewayV2::Stage",),
}


@pytest.fixture(scope="module")
def prod(source: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = check_template.translated(source, stage="prod")["Resources"]
    return found


def test_two_stages_share_no_physical_name(resources: dict[str, Any], prod: dict[str, Any]) -> None:
    dev_names, prod_names = set(_names(resources, stage="dev")), set(_names(prod, stage="prod"))

    assert ("AWS::Lambda::Function", "keepreel-dev-dispatch") in dev_names
    assert len(dev_names) > 15
    assert dev_names & prod_names == set()


def test_a_schedule_with_a_fixed_name_would_be_found(source: dict[str, Any], resources: dict[str, Any]) -> None:
    fixed = {"Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": {"Name": "EveryMinute"}}}
    schedules = [it for it in resources.values() if it["Type"] == "AWS::Scheduler::Schedule"]

    assert list(_names(fixed, stage="dev")) == [("AWS::Scheduler::Schedule", "EveryMinute")]
    assert len(schedules) == 4
    assert [it for it in schedules if "Name" in it["Properties"]] == []


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_resource_depends_on_itself(stage: str, resources: dict[str, Any], prod: dict[str, Any]) -> None:
    translated = {"dev": resources, "prod": prod}[stage]

    graph = {name: set(_references(it)) & translated.keys() for name, it in translated.items()}

    TopologicalSorter(graph).prepare()  # raises CycleError with the cycle
    assert graph["Distribution"] >= {"HttpApi", "CdnSecret"}


def test_both_stages_have_the_same_resources_and_roles(resources: dict[str, Any], prod: dict[str, Any]) -> None:
    roles = {name: it for name, it in resources.items() if it["Type"] == "AWS::IAM::Role"}

    assert resources.keys() == prod.keys()
    assert roles == {name: it for name, it in prod.items() if it["Type"] == "AWS::IAM::Role"}
    assert [name for name, role in roles.items() if "RoleName" in role["Properties"]] == []


def test_another_version_of_the_cdns_key_changes_everything_that_holds_the_key(prod: dict[str, Any]) -> None:
    """CloudFormation reads a secret again only where a resource changes, and both sides must read it."""
    holders = {name: it for name, it in prod.items() if "SecretString:key" in json.dumps(it["Properties"])}

    assert {it["Type"] for it in holders.values()} == {"AWS::Lambda::Function", "AWS::CloudFront::Distribution"}
    assert [name for name, it in holders.items() if "CdnKeyVersion" not in json.dumps(it["Properties"])] == []


def _names(resources: dict[str, Any], *, stage: str) -> Iterator[tuple[str, str]]:
    """Yield type and physical name of each resource that does not leave its name to CloudFormation."""
    for resource in resources.values():
        if resource["Type"] not in PARTS:
            for name in _named(resource.get("Properties", {})):
                yield resource["Type"], name.replace("${Stage}", stage)


def _named(properties: dict[str, Any]) -> Iterator[str]:
    configs = [it for key, it in properties.items() if key.endswith("Config") and isinstance(it, dict)]
    for group in [properties, *configs]:
        for name in NAMES & group.keys():
            value = group[name]
            if isinstance(value, str):
                yield value
            elif "Fn::Sub" in value:
                yield value["Fn::Sub"]


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{(\w+)", text)
        case {"Fn::Sub": [str(text), dict(variables)]}:
            yield from re.findall(r"\$\{(\w+)", text)
            yield from _references(variables)
        case dict():
            depends_on = value.get("DependsOn", [])
            yield from [depends_on] if isinstance(depends_on, str) else depends_on
            for it in value.values():
                yield from _references(it)
        case list():
            for it in value:
                yield from _references(it)
