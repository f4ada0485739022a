"""Intervals of the workflow and of clients."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from keepreel.db.tables import Video
from keepreel.models import catalog
from keepreel.workflow import intervals
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


@pytest.mark.parametrize(("scale", "seconds"), [("1", 5), ("0.5", 3), ("0.001", 1), ("0", 0)])
def test_polling_interval_is_scaled_and_rounded_up(scale: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with environment_set(monkeypatch, WAIT_SCALE=scale):
        assert intervals.between_polls() == seconds


def test_first_poll_waits_for_the_models_shortest_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        assert intervals.before_first_poll(video("processing")) == catalog.fastest_seconds("kling-3.0")


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
