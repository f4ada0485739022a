"""The command line of the local stack: `python -m local run`, `demo` and `demo-bot`."""

import argparse
import signal
import sys
from pathlib import Path

from local.paths import ROOT


def main() -> int:
    given = _arguments()
    # SIGTERM ends the stack as Ctrl-C does: by way of every `finally`.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _command(given)
    except KeyboardInterrupt:
        print("\nStopped.")
        # Ctrl-C is how `run` is meant to end, and how a demo is broken off.
        return 0 if given.command == "run" else 130


def _command(given: argparse.Namespace) -> int:
    # Here and not above: it takes a second or two, in which Ctrl-C should already work.
    from local.cli import commands

    try:
        if given.command == "run":
            parameters = {name: value for them in given.parameter for name, value in them.items()}
            commands.run(template=given.template, parameters=parameters, port=given.port, folder=given.folder)
        elif given.command == "demo":
            commands.make_demo(template=given.template, folder=given.folder)
        else:
            commands.make_bot_demo(template=given.template, folder=given.folder)
    except commands.Expected as error:
        print(f"keepreel: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--folder", type=Path, default=ROOT / ".keepreel", help="where logs and results go (default: %(default)s)"
    )
    everywhere.add_argument("--template", type=Path, default=ROOT / "template.yaml", help=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(prog="python -m local", description="Keepreel whole on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", parents=[everywhere], help="keep the stack up until Ctrl-C")
    run.add_argument("--port", type=_port, default=8765, help="0 for any that is free (default: %(default)s)")
    run.add_argument(
        "--parameter",
        type=_parameters,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the template; may be repeated, or hold several with semicolons between them",
    )
    commands.add_parser("demo", parents=[everywhere], help="make one video and end")
    commands.add_parser("demo-bot", parents=[everywhere], help="make a community's four videos and end")
    return parser.parse_args()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; use 0 to 65535")
    return port


def _parameters(text: str) -> dict[str, str]:
    """`A=1; B=rate(1 minute)`. Semicolons, since values have spaces and commas."""
    return dict(_parameter(part) for part in text.split(";") if part.strip())


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip()):
        raise argparse.ArgumentTypeError(f"{text.strip()!r} is no Name=Value")
    return name.strip(), value.strip()


if __name__ == "__main__":
    sys.exit(main())
