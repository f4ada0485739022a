"""What README and operations.md list is what the template has."""

import re
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.aws.resources import Resources
from local.aws.template import Template
from local.paths import ROOT

README = (ROOT / "README.md").read_text()
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())


def test_the_readme_lists_every_route() -> None:
    functions = [it["Properties"] for it in TEMPLATE["Resources"].values() if it["Type"] == "AWS::Serverless::Function"]
    events = [event for function in functions for event in function.get("Events", {}).values()]
    http = [it["Properties"] for it in events if it["Type"] == "HttpApi" and "Path" in it["Properties"]]
    routes = {f"{it['Method']} {it['Path']}" for it in http if it["Method"] != "HEAD"}  # as GET, without the body

    first_cells = re.findall(r"^\| (`(?:GET|POST|PUT|DELETE) .+?`) \|", README, re.MULTILINE)
    assert {route for cell in first_cells for route in re.findall(r"`([^`]+)`", cell)} == routes


def test_the_readme_lists_every_parameter_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `([A-Z]\w+)` \| ?`?([^`|]*?)`? ?\|", README, re.MULTILINE))

    assert listed == {name: str(it["Default"]) for name, it in TEMPLATE["Parameters"].items()}


def test_the_operations_list_every_alarm() -> None:
    alarms = {name for name, it in TEMPLATE["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"}

    assert set(re.findall(r"^\| `(\w+Alarm)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)) == alarms


def test_every_file_that_the_documents_point_to_is_there() -> None:
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_operations_explain_all_that_the_local_stack_leaves_out() -> None:
    template = Template(ROOT / "template.yaml", parameters={}, stack_name="test")
    left_out = Resources(template, public_host="", secrets={}).not_emulated()

    section = (ROOT / "docs/operations.md").read_text().partition("## What the local stack leaves out")[2]
    explained = re.findall(r"^\| `(.+?)` \|", section.partition("\n## ")[0], re.MULTILINE)
    assert explained == left_out
