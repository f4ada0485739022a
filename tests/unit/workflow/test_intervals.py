"""Intervals of the workflow and of clients."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from keepreel.db.tables import Video
from keepreel.workflow import intervals, usual_times
from tests.factories import record
from tests.unit.providers.provider_env import environment_set

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class FixedClock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
        return NOW


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "datetime", FixedClock)


def video(status: str, *, ago: timedelta = timedelta()) -> Video:
    video = record("user#1", status=status)
    video.created_at = NOW - ago
    return video


def generating(*, seconds: float, model: str = "kling-2.6") -> Video:
    """Return a video that its provider has been generating for this time."""
    video = record("user#1", status="processing", model=model)
    video.submitted_at = datetime.now(UTC) - timedelta(seconds=seconds)
    return video


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the times that were learned; without a call, none are known and the catalog's usual 90 s apply."""

    def learn(*seconds: float, missed_callbacks: int = 20) -> None:
        entries = [(it, index >= missed_callbacks) for index, it in enumerate(seconds)]
        monkeypatch.setattr(usual_times, "_entries", lambda _model: entries)

    learn()
    return learn


@pytest.mark.parametrize(("scale", "seconds"), [("1", 59), ("0.5", 30), ("0.001", 1), ("0", 0)])
def test_polling_interval_is_scaled_and_rounded_up(
    scale: str, seconds: int, learned: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, WAIT_SCALE=scale):
        assert intervals.before_poll(generating(seconds=0)) == seconds


@pytest.mark.parametrize(
    ("elapsed", "wait"),
    [(0, 59), (49, 10), (57, 11), (59, 11), (90, 11), (200, 11)],
)
def test_polls_start_at_two_thirds_of_the_usual_time_and_are_spread_out(
    elapsed: float, wait: int, learned: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        assert intervals.before_poll(generating(seconds=elapsed)) == wait


@pytest.mark.parametrize(("elapsed", "wait"), [(0, 59), (85, 5), (89, 3), (90, 3), (200, 3)])
def test_polls_are_frequent_past_the_usual_time_while_others_wait_for_the_slot(
    elapsed: float, wait: int, learned: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        assert intervals.before_poll(generating(seconds=elapsed), is_crowded=True) == wait


@pytest.mark.parametrize(
    ("callbacks", "missed", "elapsed", "wait"),
    [
        ("yes", 0, 0, 120),  # every end came by callback: one poll at the slowest of the last times
        ("yes", 2, 60, 60),
        ("yes", 0, 119, 5),
        ("yes", 0, 121, 30),
        ("yes", 3, 0, 59),  # too many callbacks were lost: poll as without them
        ("no", 0, 0, 59),  # switched off after they had arrived
    ],
)
def test_polls_wait_for_callbacks_only_while_these_arrive(
    callbacks: str, missed: int, elapsed: float, wait: int, learned: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    learned(*[90] * 19, 120, missed_callbacks=missed)
    with environment_set(monkeypatch, WAIT_SCALE="1", CALLBACKS=callbacks):
        assert intervals.before_poll(generating(seconds=elapsed)) == wait


def test_resubmits_are_spread_over_six_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        waits = {intervals.before_resubmit() for _ in range(200)}

    assert waits <= set(range(3, 10))
    assert len(waits) > 1


@pytest.mark.parametrize(
    ("status", "ago", "seconds"),
    [
        ("queued", timedelta(), 10),
        ("processing", timedelta(hours=1), 3),
        ("saving", timedelta(hours=1), 3),
        ("delayed", timedelta(hours=1), 60),
        ("completed", timedelta(), None),
        ("failed", timedelta(), None),
        ("canceled", timedelta(), None),
    ],
)
def test_client_polls_more_often_toward_the_end(
    status: str, ago: timedelta, seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        assert intervals.poll_after_seconds(video(status, ago=ago)) == seconds
