"""The command line of the local stack: `python -m local run`, `demo` and `demo-bot`."""

import argparse
import signal
import sys
from pathlib import Path

from local.host import EVERYWHERE, LOOPBACK
from local.paths import ROOT


def main() -> int:
    arguments = _arguments()
    # SIGTERM stops the stack like Ctrl-C, so that every `finally` runs.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _command(arguments)
    except KeyboardInterrupt:
        print("\nStopped.")
        # Ctrl-C is the normal end of `run`, but it interrupts a demo.
        return 0 if arguments.command == "run" else 130


def _command(arguments: argparse.Namespace) -> int:
    print("Starting the local stack …", flush=True)
    # Imported late, because the import takes a second or two and Ctrl-C should already work.
    from local.cli import commands

    try:
        if arguments.command == "run":
            parameters = {name: value for group in arguments.parameter for name, value in group.items()}
            commands.run(
                template=arguments.template,
                parameters=parameters,
                port=arguments.port,
                folder=arguments.folder,
                has_functions=arguments.functions == "yes",
                listens_everywhere=arguments.host == EVERYWHERE,
            )
        elif arguments.command == "demo":
            commands.run_demo(template=arguments.template, folder=arguments.folder)
        else:
            commands.run_bot_demo(template=arguments.template, folder=arguments.folder)
    except commands.EXPECTED_ERRORS as error:
        print(f"keepreel: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--folder", type=Path, default=ROOT / ".keepreel", help="folder for logs and results (default: %(default)s)"
    )
    common.add_argument("--template", type=Path, default=ROOT / "template.yaml", help=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(prog="python -m local", description="Run Keepreel on this machine, without AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", parents=[common], help="run the stack until Ctrl-C")
    run.add_argument("--port", type=_port, default=8765, help="0 selects a free port (default: %(default)s)")
    run.add_argument(
        "--host",
        choices=(LOOPBACK, EVERYWHERE),
        default=LOOPBACK,
        help="0.0.0.0 lets containers and other machines reach the stack (default: %(default)s)",
    )
    run.add_argument(
        "--functions",
        choices=("yes", "no"),
        default="yes",
        help="no: run everything else, for functions that you invoke yourself (default: %(default)s)",
    )
    run.add_argument(
        "--parameter",
        type=_parameters,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a template parameter; may be repeated, or contain several parameters separated by semicolons",
    )
    commands.add_parser("demo", parents=[common], help="create one video and exit")
    commands.add_parser("demo-bot", parents=[common], help="create the four videos of a community and exit")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; use 0 to 65535")
    return int(text)


def _parameters(text: str) -> dict[str, str]:
    """Parse `A=1; B=rate(1 minute)`. The separator is a semicolon, because values contain spaces and commas."""
    return dict(_parameter(part) for part in text.split(";") if part.strip())


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip()):
        raise argparse.ArgumentTypeError(f"{text.strip()!r} is not Name=Value")
    return name.strip(), value.strip()


if __name__ == "__main__":
    sys.exit(main())
