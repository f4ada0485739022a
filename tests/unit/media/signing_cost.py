"""Print the table of docs/content-credentials.md: what it costs to sign and to read files of 1, 50 and 200 MB.

Usage: python -m tests.unit.media.signing_cost
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.unit.media.mp4_boxes import write_large

_RUNS = 5


def main() -> None:
    rows = ["| file | CPU to sign | CPU to read | memory | added bytes |", "| --- | --- | --- | --- | --- |"]
    for megabytes in (1, 50, 200):
        runs = [_measured(megabytes) for _ in range(_RUNS)]
        seconds = (_spread([it[name] for it in runs]) for name in ("sign_cpu_seconds", "read_cpu_seconds"))
        memory, added = (max(it[name] for it in runs) for name in ("grew_mb", "added_bytes"))
        rows.append(f"| {megabytes} MB | {' | '.join(seconds)} | {memory} MB | {added:,} |")
    sys.stdout.write("\n".join(rows) + "\n")


def _measured(megabytes: int) -> dict[str, Any]:
    """Measure in a process of its own, because a process's peak of memory never falls."""
    with TemporaryDirectory() as folder:
        write_large(Path(folder, "source.mp4"), megabytes=megabytes)
        command = [sys.executable, "-m", "tests.unit.media.measure_signing", folder]
        return dict(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


if __name__ == "__main__":
    main()
