"""One fault while Higgsfield makes a video from an uploaded image: late by 90 virtual seconds at most."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.providers.higgsfield import adapter
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.aws_faults import Fault, aws_faults
from tests.faults.tasks import tasks_of
from tests.faults.test_lateness import AWS_FAULTS, MAX_SECONDS_LATE
from tests.virtual_workflow import Clock, Hung, forget, run, virtual_clock
from tests.workflow_driver import create_video_from_upload


@pytest.fixture
def clock(
    higgsfield: HiggsfieldSimulator, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clock]:
    limit(WAIT_SCALE=1)
    higgsfield.configure(finish_seconds=20, concurrency=10_000)
    for left_over in Video.scan():  # of other tests, because the sweeper processes all videos
        left_over.delete()
    with virtual_clock() as clock:
        monkeypatch.setattr(higgsfield, "_clock", lambda: clock.now().timestamp())
        monkeypatch.setattr(higgsfield, "_api", replace(higgsfield._api, clock=higgsfield._clock))
        yield clock


def completed(clock: Clock, higgsfield: HiggsfieldSimulator, picture: bytes) -> float:
    clock.restart()
    video = create_video_from_upload(picture)
    seconds = run(video, clock)
    assert len(tasks_of(higgsfield, video)) == 1
    forget(video)
    return seconds


@pytest.mark.parametrize("fault", ["killed after"])
def test_one_fault_of_any_aws_call_is_late_by_90_seconds_at_most(
    fault: str, clock: Clock, higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    usual, at, late = completed(clock, higgsfield, picture), 0, {}
    while True:
        clock.restart()
        video = create_video_from_upload(picture)
        decide: Callable[[int], Fault | None] = lambda call: (  # noqa: E731
            AWS_FAULTS[fault] if clock.is_in_package and call == at else None  # noqa: B023
        )
        with aws_faults(decide) as plan:
            seconds = run(video, clock)
        assert len(tasks_of(higgsfield, video)) == 1, at
        forget(video)
        if at >= plan.calls:
            break
        late[at] = round(seconds - usual)
        at += 1

    assert {call: seconds for call, seconds in late.items() if seconds > MAX_SECONDS_LATE} == {}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["upload_image", "submit"])
def test_function_that_hangs_at_the_provider_is_late_by_90_seconds_at_most(
    call: str,
    moment: str,
    clock: Clock,
    higgsfield: HiggsfieldSimulator,
    picture: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual, send = completed(clock, higgsfield, picture), getattr(adapter, call)

    def die_once(*args: Any) -> Any:
        monkeypatch.setattr(adapter, call, send)
        if moment == "after":
            send(*args)
        raise Hung

    monkeypatch.setattr(adapter, call, die_once)

    assert completed(clock, higgsfield, picture) - usual <= MAX_SECONDS_LATE
