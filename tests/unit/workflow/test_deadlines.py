"""Deadlines, counted from the record's own times."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from keepreel.db.tables import Video
from keepreel.providers import registry
from keepreel.workflow import deadlines, usual_times
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
    video = record("user#1", status="processing", model="kling-2.6")  # usually 90 s
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


@pytest.mark.parametrize(
    ("usual", "minutes"), [(90, 5), (240, 12), (10_000, 30)]
)  # three times the usual time, from five minutes to the longest loop
def test_slow_models_are_overdue_later(usual: float, minutes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_times, "_entries", lambda _model: [(usual, True)] * 5)
    deadline = timedelta(minutes=minutes)

    assert not deadlines.is_overdue(video(submitted=deadline))
    assert deadlines.is_overdue(video(submitted=deadline + SECOND))
    assert deadline <= deadlines.LONGEST_LOOP


def test_submit_without_a_task_is_overdue_after_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_times, "_entries", lambda _model: [(240, True)] * 5)

    assert deadlines.is_overdue(video(waited=timedelta(minutes=5) + SECOND))


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


@pytest.mark.parametrize(("retention_days", "deadline_days"), [(1, 6), (5, 6), (7, 7), (11, 11), (12, 12), (30, 25)])
def test_unanswered_job_ends_with_the_file_and_never_before_a_running_one(
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


@pytest.mark.parametrize(("provider", "days"), [("kling", 25), ("higgsfield", 7)])
def test_each_provider_is_polled_as_long_as_it_keeps_files(provider: str, days: int) -> None:
    waiting, over = video(waited=timedelta(days=days)), video(waited=timedelta(days=days) + SECOND)
    waiting.provider = over.provider = provider

    assert [deadlines.is_file_expiring(it) for it in (waiting, over)] == [False, True]


@pytest.mark.parametrize(
    ("waited", "expires_in", "is_expiring"),
    [
        (timedelta(days=7, seconds=1), None, True),
        (timedelta(days=7, seconds=1), timedelta(days=5), False),
        (timedelta(days=7, seconds=1), -SECOND, True),
        (timedelta(days=1), -SECOND, False),  # the provider has not said that the file is gone
        (timedelta(days=25, seconds=1), timedelta(days=3000), True),
    ],
)
def test_waiting_does_not_end_before_the_time_that_the_provider_named(
    waited: timedelta, expires_in: timedelta | None, *, is_expiring: bool
) -> None:
    finished = video(waited=waited)
    finished.provider = "higgsfield"
    finished.file_expires_at = None if expires_in is None else NOW + expires_in

    assert deadlines.is_file_expiring(finished) is is_expiring


@pytest.mark.parametrize(
    ("provider", "waited", "expires_in", "has_expired"),
    [
        ("kling", timedelta(days=30), None, False),
        ("kling", timedelta(days=30, seconds=1), None, True),
        ("higgsfield", timedelta(days=7), None, False),
        ("higgsfield", timedelta(days=7, seconds=1), None, True),
        ("higgsfield", timedelta(days=9), SECOND, False),
        ("higgsfield", timedelta(hours=2), -SECOND, True),
    ],
)
def test_file_has_expired_after_the_named_time_or_else_the_retention(
    provider: str, waited: timedelta, expires_in: timedelta | None, *, has_expired: bool
) -> None:
    finished = video(waited=waited + timedelta(days=1), submitted=waited)
    finished.provider = provider
    finished.file_expires_at = None if expires_in is None else NOW + expires_in

    assert deadlines.has_file_expired(finished) is has_expired


@pytest.mark.parametrize("stated", [datetime(1970, 1, 1, tzinfo=UTC), NOW - timedelta(days=2)])
def test_expiry_long_before_the_submit_does_not_count(stated: datetime) -> None:
    accepted = video(waited=timedelta(hours=3), submitted=timedelta(hours=1))
    accepted.file_expires_at = stated

    assert not deadlines.has_file_expired(accepted)
    assert deadlines.file_expires_at(accepted) == NOW - timedelta(hours=1) + registry.file_retention("kling")


def test_expiry_in_the_far_future_does_not_extend_the_longest_wait() -> None:
    accepted = video(submitted=timedelta(days=25, seconds=1))
    accepted.file_expires_at = datetime(9999, 1, 1, tzinfo=UTC)

    assert deadlines.is_file_expiring(accepted)
