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

from keepreel.models import queues
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


def run(
    *,
    template: Path,
    parameters: Mapping[str, str],
    port: int,
    folder: Path,
    has_functions: bool = True,
    listens_everywhere: bool = False,
) -> None:
    """Run until KeyboardInterrupt."""
    _check_capacity(parameters.get("ProviderCapacity", ""))
    with _terminal(log=folder / "run.log") as terminal:
        running = Stack(
            template=template,
            parameters=parameters,
            port=port,
            certificate=folder / _CERTIFICATE,
            worker_processes=True,
            has_functions=has_functions,
            listens_everywhere=listens_everywhere,
            on_stage=_shown_on(terminal),
        )
        with running as stack, _stack_files(stack, folder=folder) as path:
            welcome = _welcome(stack, path=path) if has_functions else _welcome_without_functions(stack, path=path)
            print((_WARNING if listens_everywhere else "") + welcome, file=terminal, flush=True)
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


def _check_capacity(value: str) -> None:
    """Raise TemplateError for a name that counts for no queue. A value of another form is the template's to refuse."""
    with contextlib.suppress(ValueError):
        if unknown := queues.unknown_names(value):
            message = f"ProviderCapacity names {', '.join(unknown)}, which is no provider and no queue"
            raise TemplateError(f"the parameter {message}; known: {', '.join(queues.known_names())}")


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
def _stack_files(stack: Stack, *, folder: Path) -> Iterator[Path]:
    """Write stack.json, and sam-env.json for `sam local invoke`, while the stack runs. Yield the path of stack.json."""
    with (
        _private_file(folder / "stack.json", content=stack.describe()) as path,
        _private_file(folder / "sam-env.json", content={"Parameters": stack.variables}),
    ):
        yield path


@contextlib.contextmanager
def _private_file(path: Path, *, content: Mapping[str, object]) -> Iterator[Path]:
    """Write a file while the stack runs. Only this user can read it, because it contains credentials."""
    path.unlink(missing_ok=True)
    description = json.dumps(content, indent=2) + "\n"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(description)
    try:
        yield path
    finally:
        if path.exists() and path.read_text(encoding="utf-8") == description:  # unless another stack has replaced it
            path.unlink()


_WARNING = """
WARNING: the stack listens on all of this machine's addresses, because of HOST=0.0.0.0. Everyone in your network can
sign in to it, read its data and call its AWS services. Use it in a network that you trust, and stop it afterwards.
"""


def _welcome_without_functions(stack: Stack, *, path: Path) -> str:
    return f"""
Everything but the functions is running: tables, bucket, secrets and the providers. No page, no API and no workflow: you
invoke the functions yourself with `sam local invoke`, see docs/local-invoke.md.

Variables     {path.with_name("sam-env.json")}
AWS           {stack.aws_endpoint}
Saved videos  {stack.url}/media/
{stack.providers.described()}

All data is in memory and is lost when the stack stops. Press Ctrl-C to stop it.
"""


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
