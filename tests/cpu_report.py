"""Pytest plugin: print CPU seconds per test folder and peak memory per process at the end of a run."""

import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

_REPORT = pytest.StashKey["CpuReport"]()
_OVERHEAD = "(start, imports, collection)"
_MAX_LINES = 100


class CpuReport:
    """CPU seconds of the tests that ran in this process, and in the xdist workers that have reported."""

    def __init__(self, *, by: str) -> None:
        self._by = by
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: Counter[str] = Counter()
        self.peaks: dict[str, float] = {}
        self._in_tests = 0.0

    def add_test(self, nodeid: str, seconds: float) -> None:
        file = nodeid.partition("::")[0]
        place = {"test": nodeid, "file": file, "folder": "/".join(file.split("/")[:-1][:3])}[self._by]
        self.seconds[place] += seconds
        self.tests[place] += 1
        self._in_tests += seconds

    def as_dict(self) -> dict[str, Any]:
        overhead = cpu_seconds() - self._in_tests
        return {
            "seconds": {**self.seconds, _OVERHEAD: overhead},
            "tests": dict(self.tests),
            "peak_mb": peak_mb(),
        }

    def add_process(self, name: str, reported: Mapping[str, Any]) -> None:
        for place, seconds in reported["seconds"].items():
            self.seconds[place] += seconds
        self.tests.update(reported["tests"])
        self.peaks[name] = reported["peak_mb"]

    def lines(self) -> Iterator[str]:
        for place, seconds in sorted(self.seconds.items(), key=lambda it: -it[1])[:_MAX_LINES]:
            yield f"{seconds:8.1f} s  {self.tests[place]:5}  {place}"
        yield f"{sum(self.seconds.values()):8.1f} s  {sum(self.tests.values()):5}  total"
        yield "peak memory: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in sorted(self.peaks.items()))


def cpu_seconds() -> float:
    """CPU time of this process with all threads, and of its ended child processes."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1_000_000


def pytest_addoption(parser: pytest.Parser) -> None:
    explained = "print CPU seconds per test folder, file or test (default: %(default)s)"
    parser.addoption("--cpu-by", choices=("folder", "file", "test"), default="folder", help=explained)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = CpuReport(by=config.getoption("cpu_by"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    started = cpu_seconds()
    try:
        return (yield)
    finally:
        item.config.stash[_REPORT].add_test(item.nodeid, cpu_seconds() - started)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """After the session's fixtures have ended, send the report to xdist's controller, if there is one."""
    result = yield
    config, report = session.config, session.config.stash[_REPORT]
    if hasattr(config, "workeroutput"):
        config.workeroutput["cpu"] = report.as_dict()
    elif not report.peaks:
        whole = CpuReport(by=config.getoption("cpu_by"))
        whole.add_process("this process", report.as_dict())
        config.stash[_REPORT] = whole
    return result


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's, which may be switched off
def pytest_testnodedown(node: Any) -> None:
    if reported := getattr(node, "workeroutput", {}).get("cpu"):
        node.config.stash[_REPORT].add_process(node.gateway.id, reported)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    terminalreporter.section(f"CPU seconds and tests per {config.getoption('cpu_by')}")
    for line in config.stash[_REPORT].lines():
        terminalreporter.write_line(line)
