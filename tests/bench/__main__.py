"""`make bench`: measure everything, print one table, and write docs/performance.md."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from tests.bench import counts, cpu, fairness_lines, layers, report, saving, stack_lines, workflow, world
from tests.bench.lines import Line
from tests.bench.lives import CALLBACK_SECONDS, TASK_SECONDS
from tests.bench.recorder import recorded
from tests.bench.world import World

Section = Callable[[], Sequence[Line]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of what is measured in CPU time")
    parser.add_argument("--only", help="part of a section's name; nothing is written then")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the functions' logs and metrics
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        lines = list(_measured(rounds=arguments.rounds, only=arguments.only or ""))
    print(report.text(lines))  # noqa: T201
    if arguments.only is None:
        report.write(
            lines,
            rounds=arguments.rounds,
            videos=workflow.VIDEOS,
            task_seconds=TASK_SECONDS,
            callback_seconds=CALLBACK_SECONDS,
        )
        report.write_figures(lines)
    return 0


def _measured(*, rounds: int, only: str) -> Iterator[Line]:
    with world.running() as running:
        for name, section in _sections(running, rounds=rounds).items():
            if only in name:
                yield from _timed(name, section)
    if only in "local stack":
        yield from _timed("local stack", stack_lines.lines)


def _timed(name: str, section: Section) -> Sequence[Line]:
    started = time.monotonic()
    lines = section()
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
    return lines


def _sections(running: World, *, rounds: int) -> dict[str, Section]:
    """Return what is measured in this process's stack."""
    return {
        "CPU": partial(_without_workflows, running, partial(cpu.lines, running, rounds=rounds)),
        "counts": partial(counts.lines, running),
        "workflow": partial(workflow.lines, running),
        "saving": partial(saving.lines, rounds=rounds),
        "fairness": fairness_lines.lines,
        "layers": layers.lines,
    }


def _without_workflows(running: World, section: Section) -> Sequence[Line]:
    """Measure while created videos stay as they are, so that their workflows do not compete for the machine."""
    with recorded(running.stack):
        return section()


if __name__ == "__main__":
    sys.exit(main())
