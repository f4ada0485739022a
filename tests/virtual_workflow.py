"""The workflow and the sweeper on a virtual clock: waits, retries and timeouts take no time, but are counted."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from threading import get_ident
from typing import Any

import pytest
import yaml

from keepreel import sweeper
from keepreel.db.request_items import GenerationTimes
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.workflow import fail, usual_times
from keepreel.workflow.step import run_step
from local.paths import ROOT
from tests.workflow_driver import STEPS, now, take_slot

_STATES = {"queued": "SubmitVideo", "processing": "PollProvider", "saving": "SaveVideo", "failed": "FailVideo"}
_SWEEP_SECONDS = 60
_MAX_STEPS = 100


class Killed(BaseException):
    """The function was killed. No code catches this class."""


class Hung(Killed):
    """The function did not end in time."""


class Clock:
    """Virtual seconds since the start."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.start = datetime.now(UTC)
        self.seconds = 0.0
        self._thread: int | None = None

    @contextmanager
    def in_package(self) -> Iterator[None]:
        self._thread = get_ident()
        try:
            yield
        finally:
            self._thread = None

    @property
    def is_in_package(self) -> bool:
        """A step or a sweep makes the call: not this module, and not a function that the local stack runs meanwhile."""
        return self._thread == get_ident()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)


@contextmanager
def virtual_clock() -> Iterator[Clock]:
    """Let every module of the package read the virtual clock."""
    clock = Clock()

    class VirtualDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now().astimezone(tz)

    with pytest.MonkeyPatch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name.startswith("keepreel.") and getattr(module, "datetime", None) is datetime:
                patched.setattr(module, "datetime", VirtualDatetime)
        yield clock


def run(video: Video, clock: Clock, *, is_started: bool = True) -> float:
    """Run workflows and sweeps until the video is completed. Return the seconds from the start to `completed_at`."""
    take_slot(video)
    if is_started:
        _execute(video, clock)
    for _ in range(_MAX_STEPS):
        record = now(video)
        if record.completed_at is not None:
            return (record.completed_at - clock.start).total_seconds()
        clock.seconds += _SWEEP_SECONDS - clock.seconds % _SWEEP_SECONDS
        if _sweep(video, clock) or now(video).waiting_queue:  # the dispatcher looks at every queue once a minute, too
            _execute(video, clock)
    raise AssertionError(f"stuck as {now(video).status}")


def forget(video: Video) -> None:
    """Remove the record, and what a late video has taught about usual times: the polls depend on them."""
    now(video).delete()
    GenerationTimes(f"times#{video.model}").delete(add_version_condition=False)
    usual_times.forget()


def _sweep(video: Video, clock: Clock) -> bool:
    """Run the sweeper, and return whether it started the video's workflow."""
    started: list[str] = []

    def start(found: Video) -> bool:
        started.append(found.video_id)
        return True

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(execution, "start", start)
        with suppress(Killed), clock.in_package():
            sweeper.sweep(seconds_left=60)
    return video.video_id in started


def _execute(video: Video, clock: Clock) -> None:
    """Run one execution of the state machine, with the longest waits that its jitter allows."""
    status = "queued"
    take_slot(video)
    for _ in range(_MAX_STEPS):
        state = _states()[_STATES[status]]
        result = _run_state(video, status, state, clock)
        clock.seconds += result["wait_seconds"]
        if status in ("saving", "failed") and "error" not in result:
            return
        status = result["status"]
        if status not in _STATES:
            return
    raise AssertionError(f"no end of the workflow: {status}")


def _run_state(video: Video, status: str, state: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Run a task with its retries. After the last one it is caught, and FailVideo is next."""
    tries: dict[int, int] = {}
    while True:
        try:
            with clock.in_package():
                return run_step({"owner": video.owner, "video_id": video.video_id}, _step(status))
        except (Exception, Killed) as error:  # noqa: BLE001  # as the state machine does
            if isinstance(error, Hung):
                clock.seconds += state["TimeoutSeconds"]
            index, retrier = _retrier(state, error)
            tried = tries.get(index, 0)
            if tried >= retrier["MaxAttempts"]:
                return {"status": "failed", "wait_seconds": 0, "error": type(error).__name__}
            tries[index] = tried + 1
            wait = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** tried
            clock.seconds += min(wait, retrier.get("MaxDelaySeconds", wait))


def _step(status: str) -> Callable[[Video], Any]:
    return STEPS[status] if status != "failed" else lambda video: fail.fail(video, cause="KeyError")


def _retrier(state: dict[str, Any], error: BaseException) -> tuple[int, dict[str, Any]]:
    names = {"Hung": "States.Timeout", "Killed": "Runtime.ExitError"}
    name = names.get(type(error).__name__, type(error).__name__)
    return next(
        (index, it)
        for index, it in enumerate(state["Retry"])
        if name in it["ErrorEquals"] or "States.ALL" in it["ErrorEquals"]
    )


@cache
def _states() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "functions" / "video_workflow.asl.yaml").read_text())["States"]
    return loaded
