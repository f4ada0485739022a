"""What `python -m local` does: `run` keeps the stack up until Ctrl-C, the demos make videos with it and end."""

import contextlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from local.aws import users
from local.aws.template import TemplateError
from local.cli import demo, demo_bot
from local.cli.client import Failed
from local.http_server import PortInUse
from local.providers.keys import BadKeys
from local.stack import Stack

_LARGEST_LOG = 5_000_000  # bytes
_DEMO_SECONDS = 6  # how long a simulator takes for a demo's video

# What ends a command with one line for the person who gave it.
Expected = (PortInUse, TemplateError, BadKeys, Failed)


def run(*, template: Path, parameters: Mapping[str, str], port: int, folder: Path) -> None:
    """Runs until KeyboardInterrupt."""
    with _terminal(log=folder / "run.log") as terminal:
        print("Starting …", file=terminal, flush=True)
        running = Stack(template=template, parameters=parameters, port=port)
        with running as stack, _described(stack, folder=folder) as path:
            print(_welcome(stack, path=path), file=terminal, flush=True)
            while True:  # in short sleeps: a signal that another thread receives does not end a long one
                time.sleep(0.5)


def make_demo(*, template: Path, folder: Path) -> None:
    with _terminal(log=folder / "demo.log") as terminal:
        with _demo_stack(template, provider=demo.PROVIDER, terminal=terminal) as stack:
            url = demo.run(stack.describe(), folder=folder / "demo", terminal=terminal)
        print(url, file=terminal)


def make_bot_demo(*, template: Path, folder: Path) -> None:
    with _terminal(log=folder / "demo-bot.log") as terminal:
        with _demo_stack(template, provider=demo_bot.PROVIDER, terminal=terminal) as stack:
            urls = demo_bot.run(stack.describe(), folder=folder / "demo-bot", terminal=terminal)
            stack.wait_until_idle()
            print(f"Put on the bus meanwhile: {_counted(stack)}", file=terminal)
        print("Their permanent URLs (this stack ends with the demo; `make run` keeps one up):", file=terminal)
        print("\n".join(f"{type:<12}  {url}" for type, url in urls.items()), file=terminal)


@contextlib.contextmanager
def _demo_stack(template: Path, *, provider: str, terminal: TextIO) -> Iterator[Stack]:
    print("Starting …", file=terminal, flush=True)
    with Stack(template=template, simulator={"finish_seconds": _DEMO_SECONDS}) as stack:
        print(stack.providers.described(provider), file=terminal, flush=True)
        yield stack


def _counted(stack: Stack) -> str:
    kinds = Counter(event["detail-type"] for event in stack.event_bus.events)
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.items()) or "nothing"


@contextlib.contextmanager
def _terminal(*, log: Path) -> Iterator[TextIO]:
    """The terminal, while what functions and libraries print goes into the log."""
    terminal = sys.stdout
    log.parent.mkdir(parents=True, exist_ok=True)
    # Added to, since another stack of this folder may be writing there; kept from growing for ever. Never closed: a
    # function that outlives the stack may still want to say something.
    file = log.open("a", encoding="utf-8", buffering=1)
    if file.tell() > _LARGEST_LOG:
        file.truncate(0)
    with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        yield terminal


@contextlib.contextmanager
def _described(stack: Stack, *, folder: Path) -> Iterator[Path]:
    """stack.json for scripts, as long as the stack runs; for this user alone, since it opens the stack."""
    path = folder / "stack.json"
    path.unlink(missing_ok=True)
    description = json.dumps(stack.describe(), indent=2) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(description)
    try:
        yield path
    finally:
        if path.exists() and path.read_text(encoding="utf-8") == description:  # else it is another stack's by now
            path.unlink()


def _welcome(stack: Stack, *, path: Path) -> str:
    return f"""
Keepreel runs at {stack.url}

Open it: one click signs you in as {users.DEMO_EMAIL}. To be two people, sign in as {users.OTHER_EMAIL},
password {users.PASSWORD}. And from a terminal:

  TOKEN=$(curl -s {stack.aws_endpoint} -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\
    -d '{_credentials(stack)}' \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["AccessToken"])')
  curl {stack.url}/v1/videos -H "Authorization: Bearer $TOKEN"

{stack.providers.described()}
For scripts   {path}
Log           {path.with_name("run.log")}
Not emulated  {", ".join(stack.not_emulated()) or "nothing"} (docs/operations.md)

Everything is held in memory: once it stops, every video is gone. Ctrl-C stops it.
"""


def _credentials(stack: Stack) -> str:
    """JSON in two lines, so that it fits a terminal."""
    flow = json.dumps({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": stack.users.client_id})
    parameters = json.dumps({"USERNAME": users.DEMO_EMAIL, "PASSWORD": users.PASSWORD})
    return f'{flow[:-1]},\n        "AuthParameters": {parameters}}}'
