"""Every finished video is published on the bus, whatever failed in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
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
def published(stack: Stack) -> Callable[[Video], list[str]]:
    def types(video: Video) -> list[str]:
        return [it["detail-type"] for it in stack.event_bus.events if it["detail"].get("video_id") == video.video_id]

    return types


@pytest.fixture(params=["completed", "failed"])
def unpublished(request: pytest.FixtureRequest, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> Video:
    """A finished video whose event was not published because the process was killed."""
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


def test_repeated_step_publishes_the_event(unpublished: Video, published: Callable[[Video], list[str]]) -> None:
    step("saving" if now(unpublished).status == "completed" else "failed", unpublished)

    assert published(unpublished) == [f"Video{now(unpublished).status.title()}"]
    assert facts(now(unpublished), "in_flight_shard", "next_check_at") == (None, None)


def test_sweeper_publishes_missing_events(unpublished: Video, published: Callable[[Video], list[str]]) -> None:
    sweep_later(unpublished)

    assert published(unpublished) == [f"Video{now(unpublished).status.title()}"]
    assert now(unpublished).in_flight_shard is None


def test_event_is_published_once(kling: KlingSimulator, published: Callable[[Video], list[str]]) -> None:
    video = create_video()
    run(video)

    step("saving", video)
    step("failed", video)

    assert published(video) == ["VideoCompleted"]


@pytest.mark.parametrize("response", ["no response", {"FailedEntryCount": 1, "Entries": []}], ids=str)
def test_event_rejected_by_the_bus_stays_pending(
    response: Any, unpublished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bus:
        def put_events(self, **_: Any) -> Any:
            if response == "no response":
                raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")
            return response

    monkeypatch.setattr(aws, "events", lambda: Bus())

    with pytest.raises(StoreUnavailable):
        step("saving" if now(unpublished).status == "completed" else "failed", unpublished)

    assert now(unpublished).in_flight_shard is not None


def test_unreadable_public_url_is_retried(
    unpublished: Video, monkeypatch: pytest.MonkeyPatch, published: Callable[[Video], list[str]]
) -> None:
    class Parameters:
        def get(self, *_: Any, **__: Any) -> str:
            raise ConnectTimeoutError(endpoint_url="https://x")

    monkeypatch.setenv("PUBLIC_URL", "")
    settings.cache_clear()
    monkeypatch.setattr(aws, "_parameters", lambda: Parameters())
    if now(unpublished).status == "completed":
        with pytest.raises(StoreUnavailable):
            step("saving", unpublished)
    monkeypatch.undo()
    settings.cache_clear()

    sweep_later(unpublished)

    assert len(published(unpublished)) == 1


def test_deleted_video_publishes_no_event(unpublished: Video, published: Callable[[Video], list[str]]) -> None:
    delete.delete(now(unpublished))

    sweeper.sweep(seconds_left=30)

    assert published(unpublished) == []
