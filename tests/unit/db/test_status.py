"""Video statuses and their transitions."""

from keepreel.db import status
from keepreel.db.status import UNFINISHED, Status


def test_finished_video_can_only_be_deleted() -> None:
    finished = set(Status) - UNFINISHED - {Status.DELETING}

    for target in set(Status) - {Status.DELETING}:
        assert not status.allowed_from(target) & finished
    assert finished <= status.allowed_from(Status.DELETING)


def test_only_a_saving_video_can_be_completed() -> None:
    assert status.allowed_from(Status.COMPLETED) == {Status.SAVING}


def test_every_unfinished_video_can_fail() -> None:
    assert status.allowed_from(Status.FAILED) == UNFINISHED
