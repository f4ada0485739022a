"""The sweeper restarts the workflow of each unfinished video, and never runs two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from keepreel import sweeper
from keepreel.db.indexes import InFlight
from keepreel.db.tables import Video, in_flight_shard
from keepreel.dispatch import execution
from tests.aws_faults import aws_faults
from tests.faults.raw_items import write_raw
from tests.workflow_driver import create_video_with_slot, now, run


class Starts:
    """A workflow service: the running executions and the names that are used up."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.ended: set[str] = set()

    def start(self, video: Video) -> bool:
        name = f"{video.video_id}-r{video.restarts:.0f}" if video.restarts else video.video_id
        if name in self.ended:
            return False
        self.names.append(name)
        return True


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Starts:
    for left_over in Video.scan(
        attributes_to_get=["owner", "video_id"]
    ):  # of other tests, because the sweeper processes all videos
        left_over.delete()
    starts = Starts()
    monkeypatch.setattr(execution, "start", starts.start)
    return starts


def make_due(video: Video) -> None:
    video.update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])


def sweep() -> int:
    return sweeper.sweep(seconds_left=30)


@pytest.mark.parametrize(("has_ended", "calls"), [(False, 2), (True, 3)])
def test_number_of_calls_for_a_video(*, has_ended: bool, calls: int, starts: Starts) -> None:
    """As in docs/reliability.md, without the calls of Step Functions, and two calls for the whole group."""
    video = create_video_with_slot()
    starts.ended = {video.video_id} if has_ended else set()
    make_due(video)

    with aws_faults() as plan:
        sweeper.sweep(seconds_left=30, shards=[in_flight_shard(video.video_id)])

    assert plan.calls == 2 + calls


def test_lost_start_is_repeated_with_the_videos_id_as_name(starts: Starts) -> None:
    video = create_video_with_slot()
    starts.names.clear()
    make_due(video)

    assert sweep() == 1

    assert starts.names == [video.video_id]
    assert now(video).restarts == 0


def test_restart_after_an_ended_workflow_uses_a_new_name(starts: Starts) -> None:
    video = create_video_with_slot()
    starts.names.clear()
    starts.ended = {video.video_id, f"{video.video_id}-r1"}
    make_due(video)
    sweep()
    make_due(video)
    sweep()

    assert starts.names == [f"{video.video_id}-r2"]
    assert now(video).restarts == 2


def test_video_that_is_not_due_is_skipped(starts: Starts) -> None:
    create_video_with_slot()
    starts.names.clear()

    assert (sweep(), starts.names) == (0, [])


def test_second_sweep_is_a_no_op(starts: Starts) -> None:
    video = create_video_with_slot()
    starts.names.clear()
    make_due(video)

    assert [sweep(), sweep()] == [1, 0]


def test_unreadable_record_does_not_stop_the_sweep(starts: Starts) -> None:
    broken, sound = create_video_with_slot(), create_video_with_slot()
    starts.names.clear()
    for video in (broken, sound):
        make_due(video)
    write_raw(broken, "restarts", {"S": "many"})

    assert sweep() == 1

    assert starts.names == [sound.video_id]
    Video(broken.owner, broken.video_id).delete()


def test_finished_video_is_not_in_the_index(starts: Starts) -> None:
    video = create_video_with_slot()
    shard = in_flight_shard(video.video_id)
    assert [found.video_id for found in Video.in_flight.query(shard)] == [video.video_id]

    run(video)

    assert list(Video.in_flight.query(shard, InFlight.next_check_at > datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_check_interval_grows_with_the_delay(starts: Starts) -> None:
    video = create_video_with_slot()
    video.update(actions=[Video.provider_task_id.set("1")])
    waits = []
    for age in (timedelta(minutes=6), timedelta(hours=8), timedelta(days=5)):
        video.update(actions=[Video.created_at.set(datetime.now(UTC) - age)])
        make_due(video)
        sweep()
        next_check_at = now(video).next_check_at
        assert next_check_at is not None
        waits.append(round((next_check_at - datetime.now(UTC)).total_seconds() / 60))

    assert waits == [5, 60, 360]


def test_video_waiting_for_a_busy_provider_is_checked_every_five_minutes(starts: Starts) -> None:
    video = create_video_with_slot()
    video.update(actions=[Video.created_at.set(datetime.now(UTC) - timedelta(days=2))])
    make_due(video)

    sweep()

    next_check_at = now(video).next_check_at
    assert next_check_at is not None
    assert round((next_check_at - datetime.now(UTC)).total_seconds() / 60) == 5


def test_unreadable_time_does_not_hide_later_records(starts: Starts) -> None:
    broken, sound = create_video_with_slot(), create_video_with_slot()
    starts.names.clear()
    make_due(sound)
    shard = {"N": str(in_flight_shard(sound.video_id))}
    write_raw(broken, "in_flight_shard", shard)
    write_raw(broken, "next_check_at", {"S": "2026-11-20T10:00:00Z"})

    assert sweep() == 2  # the lease has replaced the unreadable time

    assert set(starts.names) == {broken.video_id, sound.video_id}


def test_parallel_sweeps_start_a_video_once(starts: Starts) -> None:
    video = create_video_with_slot()
    starts.names.clear()
    make_due(video)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: sweep(), range(4))) == 1

    assert starts.names == [video.video_id]


def test_next_check_that_the_workflow_has_set_stays(starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    video, later = create_video_with_slot(), datetime(2126, 1, 1, tzinfo=UTC)
    make_due(video)

    def start(found: Video) -> bool:
        Video(found.owner, found.video_id).update(actions=[Video.next_check_at.set(later)])
        return True

    monkeypatch.setattr(execution, "start", start)
    sweep()

    assert now(video).next_check_at == later


def test_restart_that_another_worker_has_counted_is_not_counted_again(
    starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    make_due(video)

    def start_after_another_worker(found: Video) -> bool:
        if found.restarts == 0:
            Video(found.owner, found.video_id).update(actions=[Video.restarts.set(1)])
        return False

    monkeypatch.setattr(execution, "start", start_after_another_worker)
    sweep()

    assert now(video).restarts == 1


def test_sweep_without_time_left_leaves_the_rest_to_the_next(starts: Starts) -> None:
    video = create_video_with_slot()
    starts.names.clear()
    make_due(video)

    assert sweeper.sweep(seconds_left=-1) == 0
    assert sweep() == 1


def test_files_that_expire_soon_are_saved_first(starts: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepreel.sweeper.IN_FLIGHT_SHARDS", 1)
    now_ = datetime.now(UTC)
    facts = {
        "no task yet": [],
        "kling, 30 days": [Video.provider_task_id.set("1"), Video.submitted_at.set(now_)],
        "higgsfield, 7 days": [
            Video.provider_task_id.set("2"),
            Video.submitted_at.set(now_),
            Video.provider.set("higgsfield"),
        ],
        "expires in an hour": [
            Video.provider_task_id.set("3"),
            Video.submitted_at.set(now_),
            Video.file_expires_at.set(now_ + timedelta(hours=1)),
        ],
    }
    names = {}
    for name, actions in facts.items():
        video = create_video_with_slot()
        names[video.video_id] = name
        video.update(actions=[*actions, Video.in_flight_shard.set(0)])
        make_due(video)
    starts.names.clear()

    assert sweep() == 4

    assert [names[it] for it in starts.names] == list(reversed(facts))
