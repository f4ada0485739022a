"""Runbooks: each alarm and each incident has one, and its commands are accepted by the AWS CLI."""

import re
import shlex
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from local.paths import ROOT

TEXT = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
PARTS = ["Symptom", "What people see", "Look at", "Do", "Over when"]
INCIDENTS = 13
SERVICES = {"s3api": "s3", "deploy": "codedeploy"}  # of commands that are not named after their service
GLOBAL_OPTIONS = {"query", "output", "region", "max-items", "cli-binary-format"}


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


RUNBOOKS = dict(re.findall(r"^### (.+?)\n(.+?)(?=^### |\Z)", section("Runbooks"), re.MULTILINE | re.DOTALL))


def rows(title: str) -> list[tuple[set[str], str]]:
    """Return the alarms and the runbook of each row."""
    found = re.findall(r"^\| (.+) \| \[(.+?)\]\(#.+?\) \|$", section(title), re.MULTILINE)
    return [(set(re.findall(r"`(\w+Alarm)`", cells)), runbook) for cells, runbook in found]


def commands() -> list[str]:
    """Return every AWS command of the document, each on one line."""
    blocks = "\n".join(re.findall(r"^```(?:sh)?\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")
    return re.findall(r"\baws [a-z0-9-]+ [a-z].*", blocks)


@cache
def model(service: str) -> Any:
    return Loader().load_service_model(SERVICES.get(service, service), "service-2")


@cache
def waiters(service: str) -> Any:
    return Loader().load_service_model(service, "waiters-2")["waiters"]


def options(service: str, operation: str) -> set[str]:
    """Return the options of a command as the AWS CLI derives them from the service's model."""
    known = {xform_name(name, "-"): it for name, it in model(service)["operations"].items()}[operation]
    members = model(service)["shapes"][known["input"]["shape"]]["members"] if "input" in known else {}
    return {xform_name(name, "-") for name in members} | GLOBAL_OPTIONS


def test_each_alarm_has_a_runbook(source: dict[str, Any]) -> None:
    alarms = {name for name, it in source["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"}

    listed = [(alarm, runbook) for names, runbook in rows("Alarms") for alarm in names]

    assert {alarm for alarm, _ in listed} == alarms
    assert all(f"`{alarm}`" in RUNBOOKS[runbook].partition("- **")[0] for alarm, runbook in listed)


def test_each_incident_has_an_alarm_and_a_runbook(source: dict[str, Any]) -> None:
    incidents = rows("Incidents")

    assert len(incidents) == INCIDENTS
    for alarms, runbook in incidents:
        assert alarms & source["Resources"].keys() == alarms != set()
        assert runbook in RUNBOOKS


@pytest.mark.parametrize("title", RUNBOOKS)
def test_runbook_has_its_parts_and_a_command(title: str) -> None:
    found = re.findall(r"^- \*\*(.+?):\*\* \S", RUNBOOKS[title], re.MULTILINE)

    assert found == PARTS
    assert re.search(r"^(aws|search|make) ", RUNBOOKS[title], re.MULTILINE)


@pytest.mark.parametrize("command", commands())
def test_command_names_an_operation_and_its_options(command: str) -> None:
    _, service, operation, *_ = shlex.split(re.sub(r"\$\(.*?\)+", "x", command.replace('\\"', "")), comments=True)
    given = set(re.findall(r" --([a-z][a-z0-9-]+)", command))

    if operation == "wait":
        name = command.split()[3]
        operations = {xform_name(waiter, "-"): it["operation"] for waiter, it in waiters(service).items()}
        operation = xform_name(operations[name], "-")

    assert given - options(service, operation) == set()


def test_commands_name_resources_of_the_template(source: dict[str, Any]) -> None:
    physical = set(re.findall(r"\$\(physical (\w+)\)", TEXT))
    named = set(re.findall(r'"((?:/?keepreel[-/])\$STAGE[\w/-]*)"', TEXT)) - {"keepreel-$STAGE-restored"}

    assert physical <= source["Resources"].keys()
    written = str(source).replace("${Stage}", "$STAGE")
    assert {name for name in named if name not in written} == set()


def test_searched_words_are_messages_of_the_code() -> None:
    words = set(re.findall(r'^search "(.+)"$', TEXT, re.MULTILINE))
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "layers/keepreel").rglob("*.py"))

    assert {it for it in words if f'"{it}"' not in code} == set()


def test_commands_of_an_incident_act_on_the_deployment_and_its_live_version() -> None:
    invoked = re.findall(r"aws lambda invoke --function-name (\S+(?: \w+\))?\S*)", TEXT)

    assert re.findall(r"`make (?:pause|resume)`", section("Runbooks")) == []  # without a stage: of the local stack
    assert len(invoked) == 4
    assert [it for it in invoked if ":live" not in it] == []


def test_commands_run_with_any_date_command() -> None:
    assert re.findall(r"date (?:-u )?-d", TEXT) == []  # an option of GNU
