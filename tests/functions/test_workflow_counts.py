"""State transitions, polls and the page's reads of a video, on a virtual clock. docs/performance.md has the figures."""

import pytest

from local.stack import Stack
from tests.bench import workflow
from tests.bench.lives import mean
from tests.bench.workflow import Run

_MODEL = "kling-2.6"
_VIDEOS = 6


@pytest.fixture(scope="module")
def polled(stack: Stack) -> list[Run]:
    """Runs of a provider that does not call back."""
    seconds = workflow.shuffled_seconds(median=90, count=_VIDEOS)
    return workflow.ours(stack, model=_MODEL, provider="kling", seconds=seconds, has_callbacks=False)


def test_polled_video_takes_20_state_transitions_at_most(polled: list[Run]) -> None:
    assert mean([it.transitions for it in polled]) <= 20


def test_polled_video_is_found_within_8_seconds_with_6_polls(polled: list[Run]) -> None:
    assert mean([it.late_seconds for it in polled]) <= 8
    assert mean([it.polls for it in polled]) <= 6
