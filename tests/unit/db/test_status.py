"""The status words, the moves, and the providers' words."""

import pytest

from keepreel.db import status
from keepreel.db.status import UNFINISHED, Status, TaskStatus


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("submitted", TaskStatus.RUNNING),
        ("Processing", TaskStatus.RUNNING),
        ("IN_PROGRESS", TaskStatus.RUNNING),
        ("succeed", TaskStatus.SUCCEEDED),
        ("succeeded", TaskStatus.SUCCEEDED),
        (" Completed ", TaskStatus.SUCCEEDED),
        ("failed", TaskStatus.FAILED),
        ("nsfw", TaskStatus.REJECTED),
        ("canceled", TaskStatus.CANCELED),
    ],
)
def test_a_providers_word_is_understood_in_any_case(word: str, meaning: TaskStatus) -> None:
    assert status.from_provider(word) == meaning


@pytest.mark.parametrize("word", ["", "almost", None, 7])
def test_an_unknown_word_is_nothing_and_so_never_a_failure(word: object) -> None:
    assert status.from_provider(word) is None


def test_a_finished_video_can_only_be_deleted() -> None:
    finished = set(Status) - UNFINISHED - {Status.DELETING}

    for target in set(Status) - {Status.DELETING}:
        assert not status.allowed_from(target) & finished
    assert finished <= status.allowed_from(Status.DELETING)


def test_only_a_saved_video_becomes_completed() -> None:
    assert status.allowed_from(Status.COMPLETED) == {Status.SAVING}


def test_whatever_is_unfinished_can_fail() -> None:
    assert status.allowed_from(Status.FAILED) == UNFINISHED
