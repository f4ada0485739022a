"""Commands of `python -m local`: `run` serves until Ctrl-C, and the demos create videos and exit."""

import contextlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from local.aws import users
from local.aws.template import TemplateError
from local.cli import demo, demo_bot
from local.cli.client import DemoError
from local.http_server import PortInUse
from local.providers.keys import BadKeys
from local.stack import Stack

_MAX_LOG_BYTES = 5_000_000
_DEMO_SECONDS = 6  # generation time of the simulators in a demo
_CERTIFICATE = "test-certificate.json"  # in the folder; signs content credentials, from one run to the next

# Errors that the user can fix: one line on stderr instead of a traceback.
EXPECTED_ERRORS = (PortInUse, TemplateError, BadKeys, DemoError)


def run(*, template: Path, parameters: Mapping[str, str], port: int, folder: Path) -> None:
    """Run until KeyboardInterrupt."""
    with _terminal(log=folder / "run.log") as terminal:
        running = Stack(
            template=template,
            parameters=parameters,
            port=port,
            certificate=folder / _CERTIFICATE,
            worker_processes=True,
            on_stage=_shown_on(terminal),
        )
        with running as stack, _stack_file(stack, folder=folder) as path:
            print(_welcome(stack, path=path), file=terminal, flush=True)
            while True:  # short sleeps, because a signal that another thread receives does not interrupt a long one
                time.sleep(0.5)


def run_demo(*, template: Path, folder: Path) -> None:
    with _terminal(log=folder / "demo.log") as terminal:
        with _demo_stack(template, folder, provider=demo.PROVIDER, terminal=terminal) as stack:
            url = demo.run(stack.describe(), folder=folder / "demo", terminal=terminal)
        print(url, file=terminal)


def run_bot_demo(*, template: Path, folder: Path) -> None:
    with _terminal(log=folder / "demo-bot.log") as terminal:
        with _demo_stack(template, folder, provider=demo_bot.PROVIDER, terminal=terminal) as stack:
            urls = demo_bot.run(stack.describe(), folder=folder / "demo-bot", terminal=terminal)
            stack.wait_until_idle()
            print(f"Published events: {_event_counts(stack)}", file=terminal)
        print("Video URLs (not served after the demo; `make run` starts a stack that keeps running):", file=terminal)
        print("\n".join(f"{type:<12}  {url}" for type, url in urls.items()), file=terminal)


@contextlib.contextmanager
def _demo_stack(template: Path, folder: Path, *, provider: str, terminal: TextIO) -> Iterator[Stack]:
    simulator = {"finish_seconds": _DEMO_SECONDS}
    with Stack(
        template=template,
        simulator=simulator,
        certificate=folder / _CERTIFICATE,
        worker_processes=True,
        on_stage=_shown_on(terminal),
    ) as stack:
        print(stack.providers.described(provider), file=terminal, flush=True)
        yield stack


def _shown_on(terminal: TextIO) -> Callable[[str], None]:
    """Return a function that prints the name of a stage of the start."""
    return lambda stage: print(f"  {stage} …", file=terminal, flush=True)


def _event_counts(stack: Stack) -> str:
    kinds = Counter(event["detail-type"] for event in stack.event_bus.events)
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.items()) or "nothing"


@contextlib.contextmanager
def _terminal(*, log: Path) -> Iterator[TextIO]:
    """Yield the terminal, and redirect the output of functions and libraries to the log."""
    terminal = sys.stdout
    log.parent.mkdir(parents=True, exist_ok=True)
    # Appended, because another stack may use the same folder, and truncated when it gets too large. Never closed,
    # because a function that outlives the stack may still print.
    file = log.open("a", encoding="utf-8", buffering=1)
    if file.tell() > _MAX_LOG_BYTES:
        file.truncate(0)
    with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        yield terminal


@contextlib.contextmanager
def _stack_file(stack: Stack, *, folder: Path) -> Iterator[Path]:
    """Write stack.json while the stack runs. Only this user can read it, because it contains credentials."""
    path = folder / "stack.json"
    path.unlink(missing_ok=True)
    description = json.dumps(stack.describe(), indent=2) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(description)
    try:
        yield path
    finally:
        if path.exists() and path.read_text(encoding="utf-8") == description:  # unless another stack has replaced it
            path.unlink()


def _welcome(stack: Stack, *, path: Path) -> str:
    return f"""
Keepreel is running at {stack.url}

Open it in a browser: one click signs you in as {users.DEMO_EMAIL}. A second user is {users.OTHER_EMAIL},
password {users.PASSWORD}. To call the API from a terminal:

  TOKEN=$(curl -s {stack.aws_endpoint} -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\
    -d '{_credentials(stack)}' \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["AccessToken"])')
  curl {stack.url}/v1/videos -H "Authorization: Bearer $TOKEN"

{stack.providers.described()}
For scripts   {path}
Log           {path.with_name("run.log")}
Certificate   {path.with_name(_CERTIFICATE)} (a test; it signs content credentials)
Not emulated  {", ".join(stack.not_emulated()) or "nothing"} (see docs/operations.md)

All data is in memory and is lost when the stack stops. Press Ctrl-C to stop it.
"""


def _credentials(stack: Stack) -> str:
    """Return the sign-in request as JSON in two lines, so that it fits a terminal."""
    flow = json.dumps({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": stack.users.client_id})
    parameters = json.dumps({"USERNAME": users.DEMO_EMAIL, "PASSWORD": users.PASSWORD})
    return f'{flow[:-1]},\n        "AuthParameters": {parameters}}}'
