"""Records that the sweeper cannot process: set aside after three tries, never the oldest, and not lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from keepreel import metrics, sweeper
from keepreel.db import due_videos
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.errors import StoreUnavailable
from tests.faults.raw_items import read_raw, write_raw
from tests.workflow_driver import create_video_with_slot

PAST = "2026-11-20T10:00:00.000000+0000"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    for left_over in Video.scan(attributes_to_get=["owner", "video_id"]):  # the sweeper processes all videos
        left_over.delete()
    counted: list[str] = []
    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.append(name))
    return counted


def sweep(video: Video) -> timedelta:
    """Make a record due, sweep, and return how long the sweeper will wait."""
    write_raw(video, "next_check_at", {"S": PAST})
    sweeper.sweep(seconds_left=30)
    return wait(video)


def wait(video: Video) -> timedelta:
    next_check_at = datetime.strptime(read_raw(video)["next_check_at"]["S"], "%Y-%m-%dT%H:%M:%S.%f%z")
    return timedelta(minutes=round((next_check_at - datetime.now(UTC)) / timedelta(minutes=1), 1))


def unreadable(video: Video, _monkeypatch: pytest.MonkeyPatch) -> None:
    write_raw(video, "restarts", {"S": "many"})


def of_an_unknown_status(video: Video, _monkeypatch: pytest.MonkeyPatch) -> None:
    write_raw(video, "status", {"S": "frozen"})


def raising(_video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_video: Video) -> bool:
        raise KeyError("a defect of ours")

    monkeypatch.setattr(execution, "start", start)


POISON = [unreadable, of_an_unknown_status, raising]


@pytest.mark.parametrize("poison", POISON)
def test_record_is_set_aside_after_three_tries(
    poison: Callable[[Video, pytest.MonkeyPatch], None], counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    poison(video, monkeypatch)

    waits = [sweep(video) for _ in range(4)]

    minutes = [it / timedelta(minutes=1) for it in waits]
    assert minutes == [1, 5, 360, 360]
    assert counted == ["SetAside", "SetAside"]  # the third try, and the rare one after it
    assert read_raw(video)["failed_sweeps"] == {"N": "4"}


@pytest.mark.parametrize("poison", POISON)
def test_failed_record_is_not_the_oldest_any_more(
    poison: Callable[[Video, pytest.MonkeyPatch], None], counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    poison(video, monkeypatch)
    shard = int(read_raw(video)["in_flight_shard"]["N"])

    sweep(video)

    assert list(due_videos.find(shard)) == []


def test_record_is_processed_once_the_defect_is_fixed(counted: list[str]) -> None:
    video = create_video_with_slot()
    write_raw(video, "restarts", {"S": "many"})
    for _ in range(3):
        sweep(video)

    write_raw(video, "restarts", {"N": "0"})
    sweep(video)

    assert "failed_sweeps" not in read_raw(video)
    assert (Video.get(video.owner, video.video_id).status, counted) == ("queued", ["SetAside"])


@pytest.mark.parametrize("error", [StoreUnavailable("down")])
def test_outage_never_sets_a_record_aside(
    error: Exception, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_video: Video) -> bool:
        raise error

    monkeypatch.setattr(execution, "start", start)
    video = create_video_with_slot()

    waits = {sweep(video) for _ in range(5)}

    assert waits == {timedelta(seconds=30)}
    assert ("failed_sweeps" in read_raw(video), counted) == (False, [])


def test_unreadable_number_of_tries_sets_the_record_aside(counted: list[str]) -> None:
    video = create_video_with_slot()
    write_raw(video, "failed_sweeps", {"S": "many"})

    assert sweep(video) == timedelta(hours=6)
    assert (read_raw(video)["failed_sweeps"], counted) == ({"N": "3"}, ["SetAside"])


def test_try_that_failed_after_its_lease_was_lost_changes_nothing(
    counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    later = "2126-11-20T10:00:00.000000+0000"

    def start(_video: Video) -> bool:
        write_raw(video, "next_check_at", {"S": later})  # as another worker does
        raise KeyError("a defect of ours")

    monkeypatch.setattr(execution, "start", start)
    sweep(video)

    assert read_raw(video)["next_check_at"] == {"S": later}
    assert "failed_sweeps" not in read_raw(video)


def test_entry_that_another_sweeper_has_taken_is_skipped(counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video_with_slot()
    started: list[str] = []

    def start(found: Video) -> bool:
        started.append(found.video_id)
        return True

    monkeypatch.setattr(execution, "start", start)
    write_raw(video, "next_check_at", {"S": PAST})
    entries = list(due_videos.find(int(read_raw(video)["in_flight_shard"]["N"])))
    monkeypatch.setattr(due_videos, "find", lambda _shard: iter(entries))  # the index lags behind the record

    sweeper.sweep(seconds_left=30, shards=[0])
    sweeper.sweep(seconds_left=30, shards=[0])

    assert started == [video.video_id]
