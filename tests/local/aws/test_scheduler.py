"""Schedules: events, input and repeated runs."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.aws.async_invocations import AsyncInvoker
from local.aws.lambda_invoker import Invoker
from local.aws.scheduler import Schedule, Scheduler
from tests.local.aws.test_lambda_invoker import function

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def nowhere(_: str, __: Any) -> None:
    raise AssertionError("nothing was to fail")


def schedule(*, every_seconds: float = 0.01, input: str | None = None) -> Schedule:
    return Schedule(
        name="SweepEvery", function="EchoFunction", every_seconds=every_seconds, source="aws.scheduler", input=input
    )


def test_scheduled_function_runs_repeatedly_until_stop() -> None:
    invoker = Invoker([function("echo")])
    invoker.load()
    runs: list[dict[str, Any]] = []
    has_run_three_times = threading.Event()

    def note(_: str, event: dict[str, Any]) -> None:
        runs.append(event)
        if len(runs) == 3:
            has_run_three_times.set()

    invoker.before = note
    scheduler = Scheduler([schedule()], async_invoker=AsyncInvoker(invoker, deliver=nowhere))
    scheduler.start()
    assert has_run_three_times.wait(60)
    scheduler.stop()

    assert {it["detail-type"] for it in runs} == {"Scheduled Event"}
    assert len({it["id"] for it in runs}) == len(runs)


def test_stop_does_not_wait_for_the_interval() -> None:
    async_invoker = AsyncInvoker(Invoker([]), deliver=nowhere)
    scheduler = Scheduler([schedule(every_seconds=7 * 86400)], async_invoker=async_invoker)
    before = set(threading.enumerate())
    scheduler.start()
    started = set(threading.enumerate()) - before

    scheduler.stop()

    assert [it.is_alive() for it in started] == [False]


def test_event_has_time_and_schedule_arn() -> None:
    event = schedule().event(at=AT)

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


def test_input_of_a_schedule_replaces_the_event() -> None:
    assert schedule(input='{"type": "promo"}').event(at=AT) == {"type": "promo"}


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("<aws.scheduler.scheduled-time>", "2026-01-02T03:04:05Z"),
        ("<aws.scheduler.schedule-arn>", "arn:aws:scheduler:us-east-1:123456789012:schedule/default/SweepEvery"),
        ("<aws.scheduler.attempt-number>", "1"),
        ("at <aws.scheduler.scheduled-time>!", "at 2026-01-02T03:04:05Z!"),
        ("<aws.scheduler.nonsense>", "<aws.scheduler.nonsense>"),
    ],
)
def test_context_attributes_in_the_input_are_replaced(written: str, given: str) -> None:
    assert schedule(input=f'{{"slot": "{written}"}}').event(at=AT) == {"slot": given}


def test_every_run_has_its_own_execution_id() -> None:
    named = schedule(input='"<aws.scheduler.execution-id>"')

    ids = {named.event(at=AT) for _ in range(3)}

    assert [len(it) for it in ids] == [36] * 3


def test_eventbridge_rule_replaces_no_context_attributes() -> None:
    named = replace(schedule(input='"<aws.scheduler.scheduled-time>"'), source="aws.events")

    assert named.event(at=AT) == "<aws.scheduler.scheduled-time>"


def test_failed_run_goes_to_the_queue_of_the_function() -> None:
    invoker, delivered = Invoker([replace(function("crash"), retries=0, on_failure_queue="queue")]), threading.Event()
    invoker.load()
    async_invoker = AsyncInvoker(invoker, deliver=lambda _, __: delivered.set())
    scheduler = Scheduler([replace(schedule(), function="CrashFunction")], async_invoker=async_invoker)

    scheduler.start()
    was_delivered = delivered.wait(60)
    scheduler.stop()
    async_invoker.stop(timeout_seconds=60)

    assert was_delivered
