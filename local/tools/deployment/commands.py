"""Run `sam` and `aws`, and show each command, so that it can be repeated by hand."""

import json
import shlex
import shutil
import subprocess
import sys
from typing import Any

from local.paths import ROOT

_INSTALL = {
    "sam": "run `make install`",
    "aws": "install the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)",
}


class DeploymentError(Exception):
    """The command cannot continue; the message says why and what to do."""


def run(*command: str) -> None:
    """Run a command whose output the user sees. Raises DeploymentError if it fails."""
    _show(command)
    if code := subprocess.run(_resolved(command), check=False).returncode:
        raise DeploymentError(f"{command[0]} failed with exit code {code}; its message is above")


def read(*command: str) -> Any:
    """Run an `aws` command, and return its JSON output. Raises DeploymentError if it fails."""
    found = try_read(*command)
    if isinstance(found, Failure):
        raise DeploymentError(f"{shlex.join(command)} failed: {found.message}")
    return found


class Failure:
    """What `try_read` returns for a command that failed."""

    def __init__(self, message: str) -> None:
        self.message = message


def try_read(*command: str) -> Any:
    """Run an `aws` command, and return its JSON output, or a `Failure`."""
    arguments = (*command, "--output", "json")
    _show(arguments)
    done = subprocess.run(_resolved(arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        return Failure(done.stderr.strip() or f"exit code {done.returncode}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def main(action: Any) -> None:
    """Run the action of a make target, and end with its error as one line."""
    try:
        action()
    except DeploymentError as error:
        sys.exit(f"{error}")


def _resolved(command: tuple[str, ...]) -> list[str]:
    """Return the command with the program's path: from PATH, or for `sam` from the project's own environment."""
    own = ROOT / ".venv/bin" / command[0]
    program = shutil.which(command[0]) or (str(own) if own.exists() else None)
    if program is None:
        raise DeploymentError(f"there is no command {command[0]}: {_INSTALL[command[0]]}")
    return [program, *command[1:]]


def _show(command: tuple[str, ...]) -> None:
    print(f"$ {shlex.join(command)}", flush=True)
