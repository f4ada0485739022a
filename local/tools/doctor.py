"""`make doctor`: print which tools this machine has, and what each missing one means.

It uses the standard library alone and runs on any Python 3.8 or later, because it must work before `make install`.
local/doctor.sh starts it, and reports in its place if there is no such Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.paths import ROOT

_CHROMIUM_COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_NO_PYTHON = "Keepreel needs 3.11 or later; `make install` downloads 3.13 with uv if it can"
_CREDENTIAL_VARIABLES = (
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


@dataclass(frozen=True)
class Finding:
    part: str
    found: str | None
    if_missing: str
    is_required: bool = False

    def __str__(self) -> str:
        mark = "ok" if self.found else "MISSING" if self.is_required else "missing"
        return f"{mark:<8} {self.part:<16} {self.found or self.if_missing}"


def main() -> int:
    """Return 1 if a required part is missing."""
    findings = examine(os.environ)
    print("\n".join(map(str, findings)))
    return int(any(it.is_required and not it.found for it in findings))


def examine(environment: Mapping[str, str], *, root: Path = ROOT) -> list[Finding]:
    path = environment.get("PATH")
    return [
        Finding("Python", _python(path, root), _NO_PYTHON, is_required=True),
        Finding(
            "Python 3.13",
            _version(shutil.which(root / "layers/python-that-runs"), "3.13"),
            "`make build` and `make deploy` stop, unless you add LAYER_BYTECODE=no",
        ),
        Finding("git", _tool("git", path), "you cannot clone or commit", is_required=True),
        Finding("make", _tool("make", path), "run the commands in the Makefile by hand", is_required=True),
        Finding("curl", _tool("curl", path), "the commands in README.md and docs/tutorial.md do not run"),
        Finding("Chromium", _chromium(path), "browser tests are skipped; `make screenshots` does not run"),
        Finding("npm", _tool("npm", path), "the page's linter, type check and accessibility tests are skipped"),
        Finding("Docker", _tool("docker", path), "`sam local invoke` does not work; everything else does"),
        Finding("AWS CLI", _tool("aws", path), "`make deploy` and the other targets for a deployment do not work"),
        Finding(
            "AWS credentials",
            _credentials(environment),
            "`make deploy` does not work; `make demo`, `make run` and the tests do",
        ),
    ]


def _python(path: str | None, root: Path) -> str | None:
    """The Python in .venv, else the newest suitable one on the PATH."""
    commands = [str(root / ".venv/bin/python"), *(f"python3.{minor}" for minor in (13, 14, 12, 11)), "python3"]
    for command in commands:
        executable = shutil.which(command, path=path)
        version = _version(executable, "--version")
        if version and _minor(version) >= 11:
            return f"{version} ({executable})"
    return None


def _minor(version: str) -> int:
    return int(version.split()[1].split(".")[1])


def _tool(name: str, path: str | None) -> str | None:
    return _version(shutil.which(name, path=path), "--version")


def _chromium(path: str | None) -> str | None:
    commands = (shutil.which(name, path=path) for name in _CHROMIUM_COMMANDS)
    applications = (name for name in _MAC_APPLICATIONS if Path(name).exists())
    return next((it for it in (*commands, *applications) if it), None)


def _version(executable: str | None, argument: str) -> str | None:
    """Return the first line that a command prints, or None if it fails, as a version manager's stub does."""
    if executable is None:
        return None
    done = subprocess.run([executable, argument], capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def _credentials(environment: Mapping[str, str]) -> str | None:
    """The place that holds credentials, never their value. Nothing is sent to AWS."""
    variable = next((name for name in _CREDENTIAL_VARIABLES if environment.get(name)), None)
    home = Path(environment.get("HOME", "/"))
    files = (
        Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws/credentials"),
        Path(environment.get("AWS_CONFIG_FILE") or home / ".aws/config"),
    )
    return variable or next((str(it) for it in files if it.exists()), None)


if __name__ == "__main__":
    sys.exit(main())
