"""State transitions, polls and the page's reads of a video, on a virtual clock. docs/performance.md has the figures."""

from statistics import median

import pytest

from local.stack import Stack
from tests.bench import workflow
from tests.bench.lives import mean
from tests.bench.workflow import Run

_MODEL = "kling-2.6"
_POLLED_VIDEOS, _CALLED_VIDEOS = 10, 5


@pytest.fixture(scope="module")
def polled(stack: Stack, called: list[Run]) -> list[Run]:
    """Runs of a provider that does not call back, with the usual time that the other runs have taught."""
    seconds = workflow.shuffled_seconds(median_seconds=90, count=_POLLED_VIDEOS)
    return workflow.ours(stack, model=_MODEL, provider="kling", seconds=seconds, has_callbacks=False, learns=False)


@pytest.fixture(scope="module")
def called(stack: Stack) -> list[Run]:
    """Runs of a provider that calls back."""
    seconds = workflow.shuffled_seconds(median_seconds=90, count=_CALLED_VIDEOS)
    return workflow.ours(stack, model=_MODEL, provider="kling", seconds=seconds, has_callbacks=True)


def test_called_back_video_takes_6_state_transitions_at_most_and_one_poll_at_times(called: list[Run]) -> None:
    assert median([it.transitions for it in called]) <= 5
    assert mean([it.transitions for it in called]) <= 6


def test_called_back_video_is_completed_after_a_second_and_a_half(called: list[Run]) -> None:
    assert mean([it.late_seconds for it in called]) <= 1.5


def test_polled_video_takes_20_state_transitions_at_most(polled: list[Run]) -> None:
    assert mean([it.transitions for it in polled]) <= 20


def test_polled_video_is_found_within_8_seconds_with_6_polls(polled: list[Run]) -> None:
    assert mean([it.late_seconds for it in polled]) <= 8
    assert mean([it.polls for it in polled]) <= 6


def test_page_reads_a_video_12_times_at_most(called: list[Run]) -> None:
    assert mean([workflow.page_reads(it, model=_MODEL) for it in called]) <= 12
