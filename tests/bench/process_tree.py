"""CPU time and memory of a process and its descendants."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    cpu_s: float
    rss_mb: float


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    usage: Usage


def usage(pid: int) -> Usage:
    """Return the sums over the process and its descendants that run now.

    On Linux memory that several processes share counts once, so forked workers count only what they changed.
    """
    processes = list(_from_proc() if Path("/proc/self/stat").exists() else _from_ps())
    tree = {pid}
    while more := {it.pid for it in processes if it.parent in tree} - tree:
        tree |= more
    members = [it for it in processes if it.pid in tree]
    return Usage(cpu_s=sum(it.usage.cpu_s for it in members), rss_mb=sum(_share_mb(it) for it in members))


def _from_proc() -> Iterator[_Process]:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            continue
        seconds = (int(fields[11]) + int(fields[12])) / ticks
        yield _Process(int(folder.name), int(fields[1]), Usage(cpu_s=seconds, rss_mb=int(fields[21]) * page / 1e6))


def _share_mb(process: _Process) -> float:
    """Return the process's share of its memory, if the system knows it."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return process.usage.rss_mb
    return sum(int(it.split()[1]) * 1024 / 1e6 for it in lines if it.startswith("Pss:"))


def _from_ps() -> Iterator[_Process]:
    """Read `ps`, as on macOS, where its time has hundredths of a second."""
    command = ["ps", "-A", "-o", "pid=,ppid=,rss=,time="]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        pid, parent, rss, time = line.split()
        yield _Process(int(pid), int(parent), Usage(cpu_s=_seconds(time), rss_mb=int(rss) * 1024 / 1e6))


def _seconds(time: str) -> float:
    """Parse `[[days-]hours:]minutes:seconds`."""
    seconds = 0.0
    for part in time.replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
