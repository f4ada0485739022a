"""A change of a record leaves its next check as it is, unless that is too late or would disturb the running step."""

from datetime import UTC, datetime, timedelta

import pytest

from keepreel.db import check_times
from keepreel.db.tables import Video
from keepreel.dispatch import waiting
from keepreel.workflow import crowding

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "stays"), [(None, False), (5, False), (10, True), (30, True), (31, False)])
def test_check_whether_a_workflow_has_started(seconds: int | None, *, stays: bool) -> None:
    actions = check_times.checked_soon(_video(seconds), now=NOW)

    assert len(actions) == (0 if stays else 1)


@pytest.mark.parametrize(("seconds", "stays"), [(None, False), (59, False), (60, True), (180, True), (181, False)])
def test_check_by_a_latest_time(seconds: int | None, *, stays: bool) -> None:
    actions = check_times.checked_by(_video(seconds), NOW + timedelta(minutes=3), now=NOW)

    assert len(actions) == (0 if stays else 1)


def test_video_without_a_slot_reads_no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "is_someone_waiting", lambda _queue: True)

    assert not crowding.is_crowded(Video(slot_queue=None))
    assert crowding.is_crowded(Video(slot_queue="kling#x"))


def _video(seconds: int | None) -> Video:
    return Video(next_check_at=None if seconds is None else NOW + timedelta(seconds=seconds))
