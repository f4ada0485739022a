"""The targets of the Makefile: their list, the AWS region they leave alone, and arguments refused before a build."""

import os
import subprocess
from pathlib import Path

from local.paths import ROOT
from tests.local.tools.deployment.fake_commands import FakeCommands


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = ["make", "--no-print-directory", "--old-file=.venv/installed", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )


def test_help_lists_targets_in_groups_and_fits_a_terminal() -> None:
    lines = make("help").stdout.splitlines()

    assert [it for it in lines if it and it[0] != " "] == [
        "Start",
        "Test and check",
        "Generate and measure",
        "Deploy and operate",
        "Clean up",
    ]
    assert [it for it in lines if len(it) > 110] == []


def test_commands_for_an_account_use_the_region_of_the_profile() -> None:
    done = make("--eval", 'region:;@echo "[$$AWS_DEFAULT_REGION$$AWS_REGION]"', "region")

    assert done.stdout == "[]\n"


def test_wrong_arguments_are_refused_before_the_build(tmp_path: Path) -> None:
    fakes = FakeCommands.install(tmp_path / "bin")

    wrong = [make(target, "STAGE=staging", PATH=fakes.path) for target in ("deploy", "deploy-check")]
    misspelled = make("deploy", "PARAMETERS=AlarmMail=a@example.com", PATH=fakes.path)

    assert [(it.stdout, it.stderr.partition(",")[0]) for it in wrong] == [
        ("", "samconfig.toml has no stage staging")
    ] * 2
    assert (misspelled.stdout, "no parameter AlarmMail" in misspelled.stderr) == ("", True)
