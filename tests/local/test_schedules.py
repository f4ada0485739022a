"""The clock: functions run when the template says so, and stop when told."""

import threading
from datetime import UTC, datetime
from typing import Any

from local.invoker import Invoker
from local.schedules import Clock, Schedule
from tests.local.test_invoker import function


def schedule(*, every_seconds: float = 0.01, input: str | None = None) -> Schedule:
    return Schedule(
        name="SweepEvery", function="EchoFunction", every_seconds=every_seconds, source="aws.scheduler", input=input
    )


def test_a_scheduled_function_runs_again_and_again_until_stopped() -> None:
    invoker = Invoker([function("echo")])
    invoker.load()
    runs: list[dict[str, Any]] = []
    thrice = threading.Event()

    def note(_: str, event: dict[str, Any]) -> None:
        runs.append(event)
        if len(runs) == 3:
            thrice.set()

    invoker.before = note
    clock = Clock([schedule()], invoker=invoker)
    clock.start()
    assert thrice.wait(10)
    clock.stop()

    assert {it["detail-type"] for it in runs} == {"Scheduled Event"}
    assert len({it["id"] for it in runs}) == len(runs)


def test_a_clock_stops_at_once_however_long_its_interval() -> None:
    clock = Clock([schedule(every_seconds=300)], invoker=Invoker([]))
    before = set(threading.enumerate())
    clock.start()
    started = set(threading.enumerate()) - before

    clock.stop()

    assert [it.is_alive() for it in started] == [False]


def test_an_event_says_when_and_for_which_schedule() -> None:
    event = schedule().event(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/SweepEvery"],
        "detail": {},
    }


def test_a_schedules_own_input_is_its_event() -> None:
    assert schedule(input='{"type": "promo"}').event(at=datetime.now(UTC)) == {"type": "promo"}
