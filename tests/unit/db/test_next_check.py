"""When the sweeper checks a delayed video again."""

from datetime import UTC, datetime, timedelta

import pytest

from keepreel.db import check_times, video_records
from keepreel.db.status import Status, group
from tests.factories import record

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "expires_in", "interval"),
    [
        (timedelta(minutes=8), None, timedelta(minutes=5)),
        (timedelta(hours=8), None, timedelta(hours=1)),
        (timedelta(days=6), None, timedelta(hours=6)),
        (timedelta(days=6), timedelta(days=7), timedelta(hours=6)),
        (timedelta(days=6), timedelta(hours=8), timedelta(hours=1)),
        (timedelta(days=6), timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(days=6), timedelta(hours=-1), timedelta(hours=6)),
    ],
)
def test_file_that_expires_soon_is_tried_more_often(
    waited: timedelta, expires_in: timedelta | None, interval: timedelta
) -> None:
    video = record("user#1", status="delayed", provider_task_id="1", attempt_token="1", created_at=NOW - waited)
    video.file_expires_at = None if expires_in is None else NOW + expires_in

    assert check_times.next_check_at(video, status=Status.DELAYED, now=NOW) == NOW + interval


@pytest.mark.parametrize(
    ("to", "present", "is_changed"),
    [
        ("processing", None, True),
        ("processing", timedelta(seconds=28), True),
        ("processing", timedelta(minutes=-1), True),
        ("processing", timedelta(minutes=1), False),
        ("processing", timedelta(minutes=3), False),
        ("processing", timedelta(minutes=4), True),
        ("saving", timedelta(seconds=59), True),
        ("saving", timedelta(minutes=2), False),
        ("completed", timedelta(minutes=2), False),
        ("completed", timedelta(minutes=4), True),
        ("failed", timedelta(hours=6), True),
    ],
)
def test_early_check_stays(to: str, present: timedelta | None, is_changed: bool) -> None:  # noqa: FBT001
    video = record("user#1", status="processing")
    video.next_check_at = None if present is None else NOW + present

    actions = video_records._transition_actions(video, to=Status(to), now=NOW)

    assert any("next_check_at" in str(it.values[0]) for it in actions) == is_changed


def test_move_between_unfinished_statuses_does_not_change_the_index() -> None:
    keys = {group(Status(it)) for it in ("queued", "processing", "saving", "delayed")}

    assert keys == {"unfinished"}
    assert group(Status.COMPLETED) == "completed"
