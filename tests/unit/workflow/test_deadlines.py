"""Deadlines, counted from the record's own times."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from keepreel.db.tables import Video
from keepreel.providers import registry
from keepreel.workflow import deadlines
from tests.factories import record
from tests.unit.providers.provider_env import environment_set

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class FixedClock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
        return NOW


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(deadlines, "datetime", FixedClock)
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        yield


def video(*, waited: timedelta = timedelta(), submitted: timedelta | None = None) -> Video:
    video = record("user#1", status="processing")
    video.created_at = NOW - waited
    video.submitted_at = None if submitted is None else NOW - submitted
    return video


@pytest.mark.parametrize(
    ("is_over", "deadline"),
    [
        (deadlines.is_overdue, timedelta(minutes=5)),
        (deadlines.is_timed_out, timedelta(days=6)),
        (deadlines.is_file_expiring, timedelta(days=25)),
    ],
)
def test_deadline_counts_from_the_submit_or_else_from_the_request(
    is_over: Callable[[Video], bool], deadline: timedelta
) -> None:
    assert not is_over(video(waited=deadline))
    assert is_over(video(waited=deadline + SECOND))
    assert not is_over(video(waited=deadline + SECOND, submitted=deadline))
    assert is_over(video(waited=deadline + 2 * SECOND, submitted=deadline + SECOND))


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 75), (2, 300), (3, 1800), (4, 7200), (5, 21600), (6, 21600)])
def test_settle_time_grows_with_the_attempts(attempts: int, seconds: int) -> None:
    unsettled, settled = video(), video()
    unsettled.attempts = settled.attempts = attempts
    settled.attempted_at = NOW - timedelta(seconds=seconds)
    unsettled.attempted_at = settled.attempted_at + SECOND

    assert not deadlines.has_settled(unsettled)
    assert deadlines.has_settled(settled)


def test_video_without_an_attempt_has_not_settled() -> None:
    assert not deadlines.has_settled(video())


def test_refusal_is_permanent_after_an_hour() -> None:
    none, recent, old = video(), video(), video()
    old.first_refused_at = NOW - timedelta(hours=1)
    recent.first_refused_at = old.first_refused_at + SECOND

    assert [deadlines.is_refusal_permanent(it) for it in (none, recent, old)] == [False, False, True]


@pytest.mark.parametrize(("retention_days", "deadline_days"), [(1, 6), (5, 6), (7, 6), (11, 6), (12, 7), (30, 25)])
def test_unanswered_job_never_ends_before_a_running_one(
    retention_days: int, deadline_days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(registry.PROVIDERS["kling"], file_retention=timedelta(days=retention_days))
    monkeypatch.setitem(registry.PROVIDERS, "kling", row)

    assert not deadlines.is_file_expiring(video(waited=timedelta(days=deadline_days)))
    assert deadlines.is_file_expiring(video(waited=timedelta(days=deadline_days) + SECOND))


def test_video_of_a_provider_that_was_removed_still_has_a_deadline() -> None:
    removed = video(waited=timedelta(days=25) + SECOND)
    removed.provider = "removed"

    assert deadlines.is_file_expiring(removed)
