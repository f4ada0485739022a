"""The bus hears of every finished video, whatever broke in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ConnectTimeoutError

from keepreel import aws, sweeper
from keepreel.db.tables import Video
from keepreel.errors import StoreUnavailable
from keepreel.settings import settings
from keepreel.videos import delete
from keepreel.workflow import notifications
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.workflow_driver import create_video, facts, now, run, step


@pytest.fixture
def told(stack: Stack) -> Callable[[Video], list[str]]:
    def types(video: Video) -> list[str]:
        return [it["detail-type"] for it in stack.event_bus.events if it["detail"].get("video_id") == video.video_id]

    return types


@pytest.fixture(params=["completed", "failed"])
def untold(request: pytest.FixtureRequest, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> Video:
    """A finished video, after which the process was killed."""
    video = create_video()
    if request.param == "failed":
        kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)

    def killed(_video: Video) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notifications, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            run(video)
    assert now(video).status == request.param
    return video


def sweep_later(video: Video) -> None:
    now(video).update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    sweeper.sweep(seconds_left=30)


def test_the_step_that_runs_again_tells_of_it(untold: Video, told: Callable[[Video], list[str]]) -> None:
    step("saving" if now(untold).status == "completed" else "failed", untold)

    assert told(untold) == [f"Video{now(untold).status.title()}"]
    assert facts(now(untold), "in_flight_shard", "next_check_at") == (None, None)


def test_the_sweeper_tells_of_what_nobody_else_did(untold: Video, told: Callable[[Video], list[str]]) -> None:
    sweep_later(untold)

    assert told(untold) == [f"Video{now(untold).status.title()}"]
    assert now(untold).in_flight_shard is None


def test_once_told_it_is_not_told_again(kling: KlingSimulator, told: Callable[[Video], list[str]]) -> None:
    video = create_video()
    run(video)

    step("saving", video)
    step("failed", video)

    assert told(video) == ["VideoCompleted"]


@pytest.mark.parametrize("answer", ["no answer", {"FailedEntryCount": 1, "Entries": []}], ids=str)
def test_a_bus_that_does_not_take_it_leaves_it_to_be_told(
    answer: Any, untold: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bus:
        def put_events(self, **_: Any) -> Any:
            if answer == "no answer":
                raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")
            return answer

    monkeypatch.setattr(aws, "events", lambda: Bus())

    with pytest.raises(StoreUnavailable):
        step("saving" if now(untold).status == "completed" else "failed", untold)

    assert now(untold).in_flight_shard is not None


def test_an_address_that_cannot_be_read_just_now_is_tried_again(
    untold: Video, monkeypatch: pytest.MonkeyPatch, told: Callable[[Video], list[str]]
) -> None:
    class Parameters:
        def get(self, *_: Any, **__: Any) -> str:
            raise GetParameterError("throttled")

    monkeypatch.setenv("PUBLIC_URL", "")
    settings.cache_clear()
    monkeypatch.setattr(aws, "_parameters", lambda: Parameters())
    if now(untold).status == "completed":
        with pytest.raises(StoreUnavailable):
            step("saving", untold)
    monkeypatch.undo()
    settings.cache_clear()

    sweep_later(untold)

    assert len(told(untold)) == 1


def test_what_was_deleted_meanwhile_is_told_of_no_more(untold: Video, told: Callable[[Video], list[str]]) -> None:
    delete.delete(now(untold))

    sweeper.sweep(seconds_left=30)

    assert told(untold) == []
