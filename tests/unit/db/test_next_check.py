"""When the sweeper checks a delayed video again."""

from datetime import UTC, datetime, timedelta

import pytest

from keepreel.db import video_records
from keepreel.db.status import Status
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

    assert video_records.next_check_at(video, status=Status.DELAYED, now=NOW) == NOW + interval
