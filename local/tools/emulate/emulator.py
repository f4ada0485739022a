"""MiniStack as a process on 127.0.0.1, with its data in a temporary folder."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

REGION = "us-east-1"
ACCOUNT = "123456789012"
_READY_SECONDS = 60


class EmulatorError(Exception):
    """The emulator did not start; the message has the end of its log."""


@dataclass(frozen=True)
class Emulator:
    endpoint: str
    log: Path

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # any service
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",  # noqa: S106  # it checks none
        )


@contextmanager
def running(*, python: str, packages: Path) -> Iterator[Emulator]:
    """Run MiniStack from this folder of packages, with this Python, which also runs the functions."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        log = Path(folder) / "ministack.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [python, "-m", "ministack"],
                env=_environment(port, packages=packages, folder=folder),
                cwd=folder,
                stdout=output,
                stderr=output,
            )
        try:
            emulator = Emulator(endpoint=f"http://127.0.0.1:{port}", log=log)
            _wait_until_ready(emulator, process)
            yield emulator
        finally:
            process.terminate()
            process.wait()


def _environment(port: int, *, packages: Path, folder: str) -> dict[str, str]:
    """Return a small environment: nothing of this machine's AWS configuration, and no server that others reach."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONPATH": str(packages),
        "BIND_HOST": "127.0.0.1",  # by default it listens on all addresses
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "S3_DATA_DIR": f"{folder}/s3",
        "IOT_MTLS_ENABLED": "0",  # else it listens on port 8883, too
        "LOG_LEVEL": "WARNING",
    }


def _wait_until_ready(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health", timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise EmulatorError(f"MiniStack did not start:\n{emulator.log.read_text()[-2000:]}")
