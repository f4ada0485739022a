"""`make doctor` on machines that have more or fewer tools."""

import shutil
import subprocess
from pathlib import Path

import pytest

from local.paths import ROOT
from local.tools import doctor


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder as the whole PATH, with a few tools."""
    for name, output in {"git": "git version 2.50.1", "python3.14": "Python 3.14.2", "make": "GNU Make 4.4"}.items():
        _add(tmp_path, name, f"echo {output}")
    return tmp_path


def _add(folder: Path, name: str, command: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{command}\n")
    (folder / name).chmod(0o755)


def _examine(tools: Path, **environment: str) -> dict[str, str | None]:
    findings = doctor.examine({"PATH": str(tools), "HOME": str(tools), **environment}, root=tools)
    return {it.part: it.found for it in findings}


def test_the_version_of_each_tool_is_printed(tools: Path) -> None:
    found = _examine(tools)

    assert found["git"] == "git version 2.50.1"
    assert found["make"] == "GNU Make 4.4"


def test_a_missing_tool_is_reported_with_its_consequence(tools: Path) -> None:
    npm = next(it for it in doctor.examine({"PATH": str(tools)}, root=tools) if it.part == "npm")

    assert str(npm) == "missing  npm              the page's linter, type check and accessibility tests are skipped"


def test_a_command_that_only_fails_counts_as_missing(tools: Path) -> None:
    _add(tools, "npm", "echo 'npm: command not found' >&2; exit 127")

    assert _examine(tools)["npm"] is None


def test_python_outside_the_environment_is_found(tools: Path) -> None:
    assert _examine(tools)["Python"] == f"Python 3.14.2 ({tools}/python3.14)"


def test_an_old_python_counts_as_missing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tools / "python3.14").unlink()
    _add(tools, "python3", "echo Python 3.10.1")

    assert _examine(tools)["Python"] is None


@pytest.mark.parametrize("name", ["chromium", "chromium-headless-shell", "google-chrome"])
def test_every_usual_name_of_chromium_is_found(tools: Path, name: str) -> None:
    _add(tools, name, "true")

    assert _examine(tools)["Chromium"] == str(tools / name)


def test_credentials_are_named_but_never_printed(tools: Path) -> None:
    assert _examine(tools)["AWS credentials"] is None
    assert _examine(tools, AWS_ACCESS_KEY_ID="AKIDEXAMPLE")["AWS credentials"] == "AWS_ACCESS_KEY_ID"


def test_a_credentials_file_is_found(tools: Path) -> None:
    (tools / ".aws").mkdir()
    (tools / ".aws/config").write_text("[default]\n")

    assert _examine(tools)["AWS credentials"] == f"{tools}/.aws/config"


@pytest.mark.parametrize(("tool", "exit_code"), [("git", 1), ("npm", 0)])
def test_only_a_missing_required_tool_is_a_failure(
    tools: Path, monkeypatch: pytest.MonkeyPatch, tool: str, exit_code: int
) -> None:
    _add(tools, "npm", "echo 11.1.0")
    (tools / tool).unlink()
    monkeypatch.setenv("PATH", str(tools))

    assert doctor.main() == exit_code


def _make_doctor(tools: Path) -> subprocess.CompletedProcess[str]:
    """Run `make doctor` where only these tools and sh are on the PATH, and no .venv exists."""
    (tools / "sh").symlink_to(shutil.which("sh") or "")
    (tools / "local").mkdir()
    for name in ("Makefile", "local/doctor.sh"):
        shutil.copy(ROOT / name, tools / name)
    command = [shutil.which("make") or "", "--no-print-directory", "doctor"]
    return subprocess.run(command, cwd=tools, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)


def test_make_doctor_without_python_reports_the_tools_that_sh_can_check(tools: Path) -> None:
    (tools / "python3.14").unlink()
    _add(tools, "docker", "echo Docker version 28; echo second line")
    _add(tools, "aws", "echo 'aws: command not found' >&2; exit 127")

    done = _make_doctor(tools)

    findings = doctor.examine({"PATH": str(tools)}, root=tools)
    python, *checked, last = done.stdout.splitlines()
    assert python.split(maxsplit=2)[:2] == ["MISSING", "Python"]
    assert "install Python 3.11 or later" in python
    assert checked == [str(it) for it in findings if it.part in {"git", "make", "curl", "npm", "Docker", "AWS CLI"}]
    assert last.startswith("Run `make doctor` again with Python")
    assert done.returncode != 0


def test_make_doctor_uses_any_python_that_runs(tools: Path) -> None:
    (tools / "python3.14").unlink()
    _add(tools, "python3", "echo 'python3: command not found' >&2; exit 127")
    _add(tools, "python3.12", 'echo "$*"')

    done = _make_doctor(tools)

    assert (done.returncode, done.stdout) == (0, "-m local.tools.doctor\n")
