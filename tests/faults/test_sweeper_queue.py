"""The sweeper looks after videos that wait for a slot, and after those of versions without slots."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from keepreel import dispatch_trigger, sweeper
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.errors import ErrorCode
from keepreel.workflow.step import run_step
from tests.faults.tasks import backdate
from tests.workflow_driver import STEPS, create_video, facts, now, run, usage

PAST = datetime(2026, 1, 1, tzinfo=UTC)


class Calls:
    """Calls of the dispatcher, and started workflows."""

    def __init__(self) -> None:
        self.queues: list[str] = []
        self.started: list[str] = []

    def request(self, queue: str, _videos: Sequence[Video] = ()) -> None:
        self.queues.append(queue)

    def start(self, video: Video) -> bool:
        self.started.append(video.video_id)
        return True


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    for left_over in Video.scan(attributes_to_get=["owner", "video_id"]):  # the sweeper processes all videos
        left_over.delete()
    calls = Calls()
    monkeypatch.setattr(dispatch_trigger, "request", calls.request)
    monkeypatch.setattr(execution, "start", calls.start)
    monkeypatch.setattr(sweeper, "_called_at", {})
    return calls


def sweep(*videos: Video) -> None:
    for video in videos:
        video.update(actions=[Video.next_check_at.set(PAST)])
    sweeper.sweep(seconds_left=30)


def minutes_until_next_check(video: Video) -> int:
    next_check_at = now(video).next_check_at
    assert next_check_at is not None
    return round((next_check_at - datetime.now(UTC)) / timedelta(minutes=1))


def test_waiting_videos_of_a_queue_are_one_call_of_the_dispatcher(calls: Calls) -> None:
    videos = [create_video() for _ in range(3)]
    calls.queues.clear()

    sweep(*videos)

    assert calls.queues == [videos[0].waiting_queue]
    assert [minutes_until_next_check(it) for it in videos] == [10, 10, 10]
    assert calls.started == []


def test_check_of_a_video_that_gets_a_slot_meanwhile_stays(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video()
    soon = datetime.now(UTC) + timedelta(minutes=2)

    def take(_queue: str, _videos: Sequence[Video]) -> None:
        now(video).update(actions=[Video.waiting_queue.remove(), Video.next_check_at.set(soon)])

    monkeypatch.setattr(dispatch_trigger, "request", take)

    sweep(video)

    assert (minutes_until_next_check(video), calls.started) == (2, [])


def test_waiting_video_that_has_timed_out_is_failed_by_its_workflow(calls: Calls) -> None:
    video = create_video()
    backdate(video, ago=timedelta(days=7))

    sweep(video)
    assert calls.started == [video.video_id]
    assert run_step({"owner": video.owner, "video_id": video.video_id}, STEPS["queued"])["status"] == "failed"
    record = run(video, status="failed")

    assert facts(record, "status", "error_code", "waiting_queue") == ("failed", ErrorCode.PROVIDER_BUSY, None)
    assert usage(video) == 0


def test_waiting_video_that_has_failed_is_closed_by_its_workflow(calls: Calls) -> None:
    video = create_video()
    video.update(actions=[Video.error_code.set(ErrorCode.PROVIDER_ERROR), Video.error_message.set("It failed.")])
    calls.queues.clear()

    sweep(video)

    assert (calls.started, calls.queues) == ([video.video_id], [])
    record = run(video, status="failed")
    assert facts(record, "status", "error_code", "waiting_queue") == ("failed", ErrorCode.PROVIDER_ERROR, None)


@pytest.mark.parametrize("status", ["queued", "delayed"])
def test_video_of_a_version_without_slots_gets_a_place_in_the_queue(status: str, calls: Calls) -> None:
    video = create_video()
    queue = video.waiting_queue
    video.update(
        actions=[Video.waiting_queue.remove(), Video.dispatch_at.remove(), Video.status.set(status)],
    )
    calls.queues.clear()

    sweep(video)
    assert calls.started == [video.video_id]
    assert run_step({"owner": video.owner, "video_id": video.video_id}, STEPS["queued"])["status"] == "waiting"

    assert (now(video).waiting_queue, calls.queues) == (queue, [queue])


def test_video_with_a_slot_whose_start_was_lost_is_started(calls: Calls) -> None:
    video = create_video()
    video.update(
        actions=[Video.waiting_queue.remove(), Video.slot_queue.set("kling#x"), Video.slot_token.set("1")],
    )

    sweep(video)

    assert calls.started == [video.video_id]


def test_waiting_record_that_is_readable_again_is_no_longer_set_aside(calls: Calls) -> None:
    video = create_video()
    video.update(actions=[Video.failed_sweeps.set(3)])

    sweep(video)

    assert now(video).failed_sweeps is None
