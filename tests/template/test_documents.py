"""The documentation lists what the template, the code and the workflow contain."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws.resources import Resources
from local.aws.template import Template, parsed
from local.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
API = (ROOT / "docs/api.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
TEMPLATE: dict[str, Any] = parsed(ROOT / "template.yaml")
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def _first_cells(section: str) -> list[str]:
    """The code in the first column of the table under a heading of operations.md."""
    text = OPERATIONS.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.+?)` \|", text, re.MULTILINE)


def _log_messages() -> Iterator[tuple[str, str]]:
    """The level and message of every log call in the package and the functions."""
    folders = (ROOT / "layers/keepreel/python/keepreel", ROOT / "functions")
    for file in (file for folder in folders for file in folder.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match call:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="logger"), attr=level),
                    args=[ast.Constant(value=str(text)), *_],
                ):
                    yield level, text


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_api_reference_lists_every_route() -> None:
    functions = [it["Properties"] for it in TEMPLATE["Resources"].values() if it["Type"] == "AWS::Serverless::Function"]
    events = [event for function in functions for event in function.get("Events", {}).values()]
    http = [it["Properties"] for it in events if it["Type"] == "HttpApi" and "Path" in it["Properties"]]
    routes = {f"{it['Method']} {it['Path']}".replace("+}", "}") for it in http}

    assert set(re.findall(r"^### ([A-Z]+ /.*)$", API, re.MULTILINE)) == routes


def test_the_operations_list_every_alarm() -> None:
    alarms = {name for name, it in TEMPLATE["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"}

    assert set(_first_cells("Alarms")) == alarms


def test_the_operations_list_every_log_message_of_level_error() -> None:
    errors = {text for level, text in _log_messages() if level in {"error", "exception"}}

    assert set(_first_cells("Logs")) == errors


def test_operations_lists_each_resource_that_is_not_emulated_locally() -> None:
    template = Template(ROOT / "template.yaml", parameters={"Stage": "dev"}, stack_name="test")
    left_out = Resources(template, public_host="", secrets={}).not_emulated()

    assert _first_cells("What the local stack leaves out") == left_out


@pytest.mark.parametrize("file", DECISIONS, ids=lambda it: it.stem)
def test_a_decision_has_a_title_and_a_status(file: Any) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith(f"# {file.name[:4]}. ")
    assert re.fullmatch(r"Status: (Accepted|Superseded by \[\d{4}\]\(.+\)), \d{4}-\d\d-\d\d", lines[2])


def test_the_index_lists_every_decision_with_its_title_and_status() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \| (.+?) \|$", index, re.MULTILINE)

    assert rows == [_index_row(file.name, file.read_text(encoding="utf-8")) for file in DECISIONS]


def _index_row(name: str, text: str) -> tuple[str, str, str, str]:
    title, _, status, *_ = text.splitlines()
    return name[:4], name, title.partition(". ")[2], status.removeprefix("Status: ")


def test_the_architecture_lists_the_layers_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(it["layers"] for it in contracts if it["name"] == "layers of the package")
    section = (
        (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## Layers")[2].partition("\n## ")[0]
    )
    rows = [re.findall(r"`(\w+)(?:/|\.py)`", cell) for cell in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)]

    assert rows == [re.findall(r"keepreel\.(\w+)", layer) for layer in layers]


def test_every_local_environment_variable_is_read_by_the_code() -> None:
    section = (
        (ROOT / "docs/configuration.md").read_text(encoding="utf-8").partition("## Local environment variables")[2]
    )
    cells = re.findall(r"^\| (`[A-Z].*?) \|", section, re.MULTILINE)
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    files = (*(ROOT / "local/providers").glob("*.py"), ROOT / "Makefile", ROOT / "layers/layer.mk")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)

    assert {name for name in documented if not re.search(rf"\b{name}\b", text)} == set()
    assert set(re.findall(r"\b(?:KLING|HIGGSFIELD)_[A-Z_]+\b", text)) <= documented
