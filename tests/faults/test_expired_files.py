"""Files that the provider has removed: waiting ends, but only once the file may have expired."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import FileGone, Unreachable
from keepreel.providers import registry
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, facts, now, run, step, usage

GONE = [{"kind": "expired"}, {"kind": "http", "status": 404}, {"kind": "http", "status": 410}]


@pytest.fixture
def finished() -> Video:
    """A video that the provider has finished and that is not saved yet."""
    video = create_video()
    step("queued", video)
    assert step("processing", video) == "saving"
    return video


def expire(video: Video, *, ago: timedelta) -> None:
    video.refresh()
    video.update(actions=[Video.file_expires_at.set(datetime.now(UTC) - ago)])


@pytest.mark.parametrize("fault", GONE, ids=str)
def test_missing_file_that_has_expired_fails_the_video_at_once(
    fault: dict[str, Any], finished: Video, kling: KlingSimulator
) -> None:
    expire(finished, ago=timedelta(seconds=1))
    kling.fault(on="download", external_id=finished.video_id, **fault)

    with pytest.raises(FileGone):
        step("saving", finished)
    record = run(finished, status="failed")

    assert facts(record, "status", "error_code") == ("failed", "storage_failed")
    assert "deleted its file" in str(record.error_message)
    assert usage(finished) == 1


@pytest.mark.parametrize("fault", GONE, ids=str)
def test_missing_file_that_has_not_expired_is_retried(
    fault: dict[str, Any], finished: Video, kling: KlingSimulator
) -> None:
    kling.fault(on="download", external_id=finished.video_id, **fault)

    with pytest.raises(Unreachable) as raised:
        step("saving", finished)

    assert type(raised.value) is Unreachable  # the workflow retries this class only
    assert now(finished).error_code is None
    assert run(finished, status="saving").status == "completed"


def test_other_error_of_an_expired_file_is_retried(finished: Video, kling: KlingSimulator) -> None:
    expire(finished, ago=timedelta(days=1))
    kling.fault(on="download", external_id=finished.video_id, kind="http", status=502)

    with pytest.raises(Unreachable) as raised:
        step("saving", finished)

    assert type(raised.value) is Unreachable
    assert run(finished, status="saving").status == "completed"


def test_expired_file_that_is_still_there_is_saved(finished: Video) -> None:
    expire(finished, ago=timedelta(days=1))

    assert run(finished, status="saving").status == "completed"


def test_task_that_the_provider_no_longer_has_fails_once_the_file_has_expired(
    finished: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_job: object) -> None:
        raise FileGone("HTTP 404 to a lookup")

    monkeypatch.setattr(registry.adapter("kling"), "poll", gone)
    with pytest.raises(Unreachable) as early:
        step("saving", finished)
    expire(finished, ago=timedelta(seconds=1))

    with pytest.raises(FileGone):
        step("saving", finished)

    assert type(early.value) is Unreachable
    assert run(finished, status="failed").error_code == "storage_failed"
