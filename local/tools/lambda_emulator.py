"""Run a built function in AWS's Lambda runtime emulator, with the real runtime client and without Docker."""

import json
import os
import platform
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import samcli

from local.tools.layer_sizes import BuiltFunction

_READY_SECONDS = 20
_RESPONSE_SECONDS = 60


class EmulatorError(Exception):
    """The emulator did not start, or the function did not respond; the message contains the log."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """A running function at `url`. It accepts one event at a time, because concurrent events crash the emulator."""

    url: str
    log: Path

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Return the function's result. Raises EmulatorError if the function raises, times out or dies."""
        request = urllib.request.Request(self.url, data=json.dumps(event).encode())  # noqa: S310  # a fixed http URL
        text = ""
        try:
            with urllib.request.urlopen(request, timeout=_RESPONSE_SECONDS) as response:  # noqa: S310
                text = response.read().decode()
            response = json.loads(text)  # a timeout is reported as plain text
        except (OSError, HTTPException, ValueError) as error:
            raise EmulatorError(f"{text or error}\n{self.log.read_text()}") from None
        if isinstance(response, dict) and "errorType" in response:
            raise EmulatorError(f"{response['errorType']}: {response.get('errorMessage')}\n{self.log.read_text()}")
        return response


@contextmanager
def running(
    function: BuiltFunction, *, python: str, runtime_client: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Emulator]:
    """Run a function on this Python with only its code, its layers and the runtime client."""
    port, runtime_port = _free_ports()
    command = [
        str(binary()),
        *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
        # -S: without the packages that are installed for this Python.
        *(python, "-S", "-m", "awslambdaric", function.handler),
    ]
    variables = {**environment, **_lambda_variables(function, runtime_client=runtime_client)}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=function.code, env=variables, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_ready(port, process=process, log=log)
        yield Emulator(url=f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations", log=log)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # includes the function's process
        process.wait()


def binary() -> Path:
    """Return the path of the emulator, which aws-sam-cli contains."""
    architecture = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    return Path(samcli.__path__[0], "local", "rapid", f"aws-lambda-rie-{architecture}")


def python_path(function: BuiltFunction, *, runtime_client: Path) -> str:
    return os.pathsep.join(map(str, [*(layer / "python" for layer in function.layers), runtime_client]))


def _lambda_variables(function: BuiltFunction, *, runtime_client: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": python_path(function, runtime_client=runtime_client),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(function.code),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(_RESPONSE_SECONDS),
    }


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait_until_ready(port: int, *, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise EmulatorError(f"the emulator did not start\n{log.read_text()}")
