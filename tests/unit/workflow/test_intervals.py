"""Intervals of the workflow and of clients."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import NormalDist, mean

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
        ("queued", timedelta(), 5),  # a refusal is known early
        ("processing", timedelta(seconds=5), 55),  # then at the fastest time of kling-3.0, 60 s
        ("processing", timedelta(seconds=55), 8),
        ("queued", timedelta(hours=1), 8),
        ("processing", timedelta(hours=1), 8),
        ("saving", timedelta(hours=1), 3),
        ("delayed", timedelta(hours=1), 60),
        ("completed", timedelta(), None),
        ("failed", timedelta(), None),
        ("canceled", timedelta(), None),
    ],
)
def test_client_polls_once_early_and_then_from_the_fastest_time_on(
    status: str, ago: timedelta, seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        assert intervals.poll_after_seconds(video(status, ago=ago)) == seconds


def test_client_needs_twelve_reads_of_a_video_on_average(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    with environment_set(monkeypatch, WAIT_SCALE="1"):
        for finished in generation_times(median=90):
            elapsed, count = 0.0, 0
            while elapsed < finished:
                it = video("processing", ago=timedelta(seconds=elapsed))
                it.model = "kling-2.6"
                elapsed += intervals.poll_after_seconds(it) or 0
                count += 1
            reads.append(count)

    assert mean(reads) <= 12


@pytest.mark.parametrize(
    ("model", "median", "mean_late"), [("kling-2.6", 90, 7), ("higgsfield-kling-2.1-master", 240, 8)]
)
def test_polling_alone_finds_the_end_within_eight_seconds_on_average(
    model: str, median: float, mean_late: float, learned: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, polls = polled(model, median=median, monkeypatch=monkeypatch)

    assert mean(late) <= mean_late
    if median == 90:  # a slow model needs more polls for the same delay
        assert mean(polls) <= 6
        assert 3 + 3 * mean(polls) <= 20  # SubmitVideo, ChooseNextStep, SaveVideo, and three states a poll


def test_crowded_queue_finds_the_end_within_five_seconds_on_average(
    learned: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, _ = polled("kling-2.6", median=90, monkeypatch=monkeypatch, is_crowded=True)

    assert mean(late) <= 5


def test_lost_callbacks_delay_one_video_in_twenty_only(
    learned: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = list(generation_times(median=90))
    learned(*times[::10][:20], missed_callbacks=1)
    late, polls = polled("kling-2.6", median=90, monkeypatch=monkeypatch, callbacks="yes")

    with_callback = 0.7  # seconds from the end of a task to the poll that its callback starts
    assert mean(late) * 0.05 + with_callback * 0.95 <= 6
    assert mean(polls) <= 2


def generation_times(*, median: float) -> Iterator[float]:
    """Yield the quantiles of a log-normal distribution whose 95th percentile is 1.78 times its median."""
    normal = NormalDist()
    for index in range(200):
        yield median * math.exp(0.35 * normal.inv_cdf((index + 0.5) / 200))


def polled(
    model: str, *, median: float, monkeypatch: pytest.MonkeyPatch, is_crowded: bool = False, callbacks: str = "no"
) -> tuple[list[float], list[int]]:
    """Return how late polls find the end of each generation, in virtual seconds, and how many polls there are."""
    late, polls = [], []
    with environment_set(monkeypatch, WAIT_SCALE="1", CALLBACKS=callbacks):
        for finished in generation_times(median=median):
            elapsed, count = 0.0, 0
            while elapsed < finished:
                monkeypatch.setattr(usual_times, "generation_seconds", lambda _video: elapsed)  # noqa: B023
                elapsed += intervals.before_poll(generating(seconds=0, model=model), is_crowded=is_crowded)
                count += 1
            late.append(elapsed - finished)
            polls.append(count)
    return late, polls
