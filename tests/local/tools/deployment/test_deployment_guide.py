"""docs/deployment.md: each of its commands runs, with stand-ins for AWS and a local stack as the deployment."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from local.paths import ROOT
from local.stack import Stack
from tests.local.tools.deployment.fake_commands import FakeCommands

GUIDE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))

DEPLOYING = ("deploy", "user", "verify", "destroy")  # other targets have tests of their own


def commands() -> list[str]:
    """Return the commands of the guide, from its code blocks and from its sentences, in order."""
    blocks = r"(?ms)^ *```(?:sh)?\n(.*?)^ *```$"
    inline = r"`((?:make|PASSWORD=… make|aws) [^`\n]*(?:\n[^`\n]+)?)`"
    found = [line for match in re.finditer(f"{blocks}|{inline}", GUIDE) for line in _lines(match)]
    return [it for it in dict.fromkeys(found) if it.startswith("aws ") or _target(it) in DEPLOYING]


def _target(command: str) -> str:
    found = re.search(r"\bmake ([a-z-]+)", command)
    return found[1] if found else ""


def _lines(match: re.Match[str]) -> list[str]:
    text = match[1] or re.sub(r"\s+", " ", match[2])
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.fixture
def fakes(tmp_path: Path) -> FakeCommands:
    fakes = FakeCommands.install(tmp_path / "bin")
    output = [
        {"OutputKey": "UserPoolId", "OutputValue": "us-east-1_abc"},
        {"OutputKey": "PublicUrl", "OutputValue": "https://d1.cloudfront.net"},
    ]
    fakes.answer("sts get-caller-identity", {"Account": "123456789012"})
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Outputs": output}]})
    fakes.answer("list-change-sets", {"Summaries": []})
    fakes.answer("list-stack-resources", {"StackResourceSummaries": []})
    fakes.answer("sam")
    fakes.answer("aws")
    return fakes


def runnable(command: str, stack: Stack) -> str:
    """Fill in the placeholders, and leave out the build, which takes a minute."""
    described = stack.describe()
    user = described["demo_user"]
    filled = {
        "<PublicUrl>": described["api"],
        "EMAIL=you@example.com": f"EMAIL={user['email']}",
        "PASSWORD=…": f"PASSWORD={user['password']}",
        "Name=Value; Name=Value": "AlarmEmail=a@example.com; DailyVideoLimit=20",
        "<UserPoolId>": "us-east-1_abc",
        "<email>": "a@example.com",
        "<password>": "password",
        "make ": "make --old-file=build --old-file=.venv/installed ",
    }
    confirmation = " YES=1" if _target(command) in {"deploy", "destroy"} else ""
    for placeholder, value in filled.items():
        command = command.replace(placeholder, value)
    return f"{command}{confirmation}"


def test_every_command_of_the_guide_runs(fakes: FakeCommands, stack: Stack, tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": fakes.path, "HOME": str(tmp_path)}

    for command in commands():
        filled = runnable(command, stack)
        done = subprocess.run(
            ["bash", "-c", filled], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{filled}\n{done.stdout}{done.stderr}"

    made = {" ".join(it[:3]) for it in fakes.calls()}
    assert {
        "aws secretsmanager create-secret",
        "sam deploy --config-env",
        "aws cognito-idp admin-create-user",
        "sam delete --stack-name",
    } <= made


def test_the_guide_has_the_commands_of_a_first_deployment() -> None:
    made = [_target(it) for it in commands() if _target(it)]

    assert made[:3] == ["deploy", "user", "verify"]


def test_the_workflow_deploys_with_the_guides_targets_and_without_a_stored_key() -> None:
    steps = WORKFLOW["jobs"]["deploy"]["steps"]
    commands = [it["run"].split()[1] for it in steps if "run" in it]

    assert commands == ["deploy-check", "deploy", "verify"]
    assert WORKFLOW["jobs"]["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in (ROOT / ".github/workflows/deploy.yml").read_text()


def test_the_workflow_checks_before_it_deploys() -> None:
    assert all(WORKFLOW["jobs"][it]["needs"] == "check" for it in ("deploy", "deploy-check"))
    assert WORKFLOW["jobs"]["check"]["steps"][-1]["run"] == ".ci/run"
