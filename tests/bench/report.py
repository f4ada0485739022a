"""The table as text, and docs/performance.md around it."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import fill

from local.paths import ROOT
from local.tools.markdown import table
from tests.bench import reasons
from tests.bench.lines import Line

_WIDTH = 120
DOCUMENT = ROOT / "docs/performance.md"
FIGURES = ROOT / "docs/performance.json"  # ours alone, for `make cost`
_COLUMNS = ("line", "typical", "ours", "ratio", "floor", "goal", "met")

_TEXT = """# Performance

<!-- Written by `make bench`: change tests/bench/, not this file. -->

`make bench` measures Keepreel next to the way in which such a service is usually written, and writes this page. It was
last run on {date}, with Python {python} on {cores} cores of {machine}.

{table}

{missed}

## How to read the table

- **typical** is the baseline in `tests/bench/baselines/`: one FastAPI application behind Mangum, or one Powertools
  resolver with a tracer, both over boto3 clients that are created at import, with the same response as ours; two
  indexes with all attributes; a workflow that waits 5 seconds, polls and decides. Its status route reads the record and
  asks Step Functions.
- **floor** is the least that can do it: botocore alone, one call per item, no framework and no validation; for counts,
  what the operation needs at all.
- **ratio** is ours to the floor if the goal says so, else to the first typical way.
- Where three values stand, they are the median of {rounds} rounds, the lowest and the highest. Each round runs every
  variant once, and ratios are built within a round, so a busy machine slows both sides. Times are CPU times. Compare
  them within one run only: another machine has other milliseconds.
- A cold start is a fresh interpreter up to its first response, without Lambda's own start. Before the first round, each
  variant runs once, so that all modules are compiled.
- Capacity units are computed from the requests and the items before and after them (`tests/bench/capacity.py`, which
  has tests of its own), because moto does not compute them.
- The workflow's lines run the real definition, handlers, tables and simulators on a virtual clock, for {videos} videos
  whose generation times are log-normal. Each task of the state machine takes {task_seconds} s there, and a callback
  arrives {callback_seconds} s after the job has ended.
- Counts and bytes are also held by tests (`tests/functions/test_aws_calls.py`). Times are not.
"""


def text(lines: Sequence[Line]) -> str:
    return table(_COLUMNS, [it.cells() for it in lines])


def write(lines: Sequence[Line], *, rounds: int, videos: int, task_seconds: float, callback_seconds: float) -> None:
    DOCUMENT.write_text(
        _TEXT.format(
            date=f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
            python=platform.python_version(),
            cores=os.cpu_count(),
            machine=platform.machine(),
            table=text(lines),
            missed=_missed(lines),
            rounds=rounds,
            videos=videos,
            task_seconds=task_seconds,
            callback_seconds=callback_seconds,
        ),
        encoding="utf-8",
    )


def write_figures(lines: Sequence[Line]) -> None:
    FIGURES.write_text(f"{json.dumps({it.name: it.ours.value for it in lines}, indent=1)}\n", encoding="utf-8")


def _missed(lines: Sequence[Line]) -> str:
    """Return where a goal is missed or a typical way does better, and why."""
    behind: dict[str, list[str]] = {}
    for line in lines:
        if line.is_behind:
            behind.setdefault(reasons.of(line.name), []).append(line.name)
    if not behind:
        return "Every goal is met, and no typical way does better."
    items = [f"- {'; '.join(names)}: {reason}" for reason, names in behind.items()]
    wrapped = [fill(it, width=_WIDTH, subsequent_indent="  ", break_long_words=False) for it in items]
    return "\n".join(["## Where we lose", "", *wrapped])
