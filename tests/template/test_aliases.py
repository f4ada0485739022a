"""Functions run as an alias, and a deployment shifts traffic to new versions under alarms."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from local.paths import ROOT
from local.tools import check_template
from local.tools.deployment import stamp
from local.tools.deployment.commands import DeploymentError

AT_ONCE = {"CountViewFunction", "SweepVideosFunction", "DispatchVideosFunction", "AccountWorkerFunction"}


def test_each_function_has_the_alias_live(resources: dict[str, Any]) -> None:
    functions = {name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Function"}
    aliases = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::Lambda::Alias"]

    assert {it["FunctionName"]["Ref"] for it in aliases} == functions
    assert {it["Name"] for it in aliases} == {"live"}


def test_nothing_calls_a_function_but_by_its_alias(resources: dict[str, Any]) -> None:
    text = json.dumps(resources)
    by_arn = [it for it in _walk(resources) if "Fn::GetAtt" in it and it["Fn::GetAtt"][0].endswith("Function")]
    named = set(re.findall(r"keepreel-\$\{Stage\}-(?:account-worker|count|dispatch|sweep)(?!:live)[^\"]*", text))
    permissions = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::Lambda::Permission"]

    assert by_arn == []
    assert named == {
        f"keepreel-${{Stage}}-{it}" for it in ("account-worker", "count", "dispatch", "sweep")
    }  # the functions' own names
    assert len(re.findall(r"\"FunctionName\": \{\"Fn::Sub\": \"keepreel", text)) == len(named)
    assert permissions
    assert [it for it in permissions if not it["FunctionName"]["Ref"].endswith("Aliaslive")] == []


def test_alarms_roll_back_the_deployment_of_each_function_that_people_wait_for(resources: dict[str, Any]) -> None:
    groups = {name: it["Properties"] for name, it in resources.items() if it["Type"].endswith("::DeploymentGroup")}
    functions = {name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Function"}

    assert groups.keys() == {f"{name}DeploymentGroup" for name in functions - AT_ONCE}
    api = {"Name": resources["ApiAlarm"]["Properties"]["AlarmName"]}
    for name, group in groups.items():
        watched = {"Enabled": True, "Alarms": [{"Name": {"Ref": "TaskAlarm"}}, api]}
        # CodeDeploy stops a deployment while an alarm is on, so one at once, as of a repair, watches none.
        assert group["AlarmConfiguration"] == {"Fn::If": ["IsGradual", watched, {}]}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        alias = resources[name.replace("DeploymentGroup", "Aliaslive")]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": name}


def test_dev_deploys_at_once_and_prod_by_canary(source: dict[str, Any], resources: dict[str, Any]) -> None:
    samconfig = (ROOT / "samconfig.toml").read_text()
    group = resources["LibraryFunctionDeploymentGroup"]["Properties"]

    canary = {"Ref": "DeploymentPreference"}

    assert source["Globals"]["Function"]["DeploymentPreference"]["Type"] == canary
    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "AllAtOnce"}
    assert re.search(r"Stage=prod .*DeploymentPreference=Canary10Percent10Minutes", samconfig)


def _new_layer(template: dict[str, Any]) -> None:
    template["Resources"]["KeepreelLayer"]["Properties"]["ContentUri"] = "layers/changed/"


def _new_parameters(template: dict[str, Any]) -> None:
    template["Globals"]["Function"]["Description"] = "parameters: 0123456789ab"


@pytest.mark.parametrize("change", [_new_layer, _new_parameters])
def test_a_changed_layer_or_parameter_publishes_a_version_of_each_function(
    change: Callable[[dict[str, Any]], None], source: dict[str, Any], resources: dict[str, Any]
) -> None:
    changed = deepcopy(source)
    change(changed)

    versions = set(_versions(check_template.translated(changed)["Resources"]))

    assert len(versions) == len(list(_versions(resources)))
    assert versions & set(_versions(resources)) == set()


def test_the_same_parameters_give_the_same_stamp(tmp_path: Any) -> None:
    file = tmp_path / "template.yaml"
    file.write_text((ROOT / "template.yaml").read_text())
    found = []
    for parameters in ({"Stage": "dev", "WaitScale": "1"}, {"WaitScale": "1", "Stage": "dev"}, {"Stage": "dev"}):
        stamp.write(file, parameters)
        found.append(re.findall(r"parameters: ([0-9a-f]{12})\b", file.read_text()))

    assert [len(it) for it in found] == [1, 1, 1]
    assert found[0] == found[1] != found[2]
    file.write_text("Resources: {}")
    with pytest.raises(DeploymentError, match="run make build"):
        stamp.write(file, {})


def _versions(resources: dict[str, Any]) -> Iterator[str]:
    return (name for name, it in resources.items() if it["Type"] == "AWS::Lambda::Version")


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for it in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _walk(it)
