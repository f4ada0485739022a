"""The dispatcher gives each free slot to the oldest waiting video, once, and nothing at its head stops it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from keepreel import metrics, pause
from keepreel.aws import dynamodb_client
from keepreel.db import slots, transactions, video_records
from keepreel.db.tables import Video
from keepreel.dispatch import dispatcher, execution, waiting
from keepreel.dispatch.take import take
from keepreel.dispatch.waiting import Candidate
from keepreel.errors import Failure, LostRace, NotFound, StoreUnavailable
from keepreel.videos import cancel, delete
from keepreel.workflow import submit
from tests.queue_driver import NAME, Queue, waiting_video
from tests.workflow_driver import create_video, now, step

pytestmark = pytest.mark.usefixtures("without_workflow")


def fail(video: Video) -> None:
    failure = Failure(code="provider_error", message="It failed.")  # type: ignore[arg-type]
    video_records.record_failure(video, failure)


ENDS: dict[str, Callable[[Video], object]] = {
    "canceled": cancel.cancel,
    "deleted": delete.delete,
    "gone": lambda video: video.delete(),
    "closed, but still in the queue": lambda video: video.update(actions=[Video.status.set("canceled")]),
    "failed": fail,
    "taken": lambda video: take(now(video), n=50),
}


def test_oldest_videos_get_the_free_slots(queue: Queue) -> None:
    queue.set_capacity(2)
    third, first, second = (waiting_video(seconds_earlier=it) for it in (10, 30, 20))

    assert (queue.dispatch(), queue.dispatch()) == (2, 0)
    assert queue.started == [first.video_id, second.video_id]
    assert queue.waiting() == [third.video_id]
    queue.check(first, second, third, capacity=2)


def test_released_slot_goes_to_the_next_video(queue: Queue) -> None:
    queue.set_capacity(1)
    first, second = waiting_video(seconds_earlier=9), waiting_video()
    queue.dispatch()

    cancel.cancel(now(first))

    assert (queue.requests[-1], queue.dispatch(), queue.started[-1]) == (NAME, 1, second.video_id)


@pytest.mark.parametrize("end", ENDS)
def test_take_of_a_video_that_waits_no_more_fails(end: str, queue: Queue) -> None:
    video = create_video()
    read = now(video)
    ENDS[end](now(video))
    held = len(queue.held())

    with pytest.raises((LostRace, NotFound)):
        take(read, n=0)

    assert len(queue.held()) == held


@pytest.mark.parametrize("end", ENDS)
def test_video_that_ends_before_its_take_leaves_the_slot_to_the_next(
    end: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.set_capacity(1)
    first, second = waiting_video(seconds_earlier=9), waiting_video()
    read = waiting.read

    def end_after_the_read(name: str, candidate: Candidate) -> Video | None:
        video = read(name, candidate)
        if candidate.video_id == first.video_id and video:
            ENDS[end](now(first))
        return video

    monkeypatch.setattr(waiting, "read", end_after_the_read)

    queue.dispatch()

    assert queue.started == [second.video_id]


def test_take_of_a_held_slot_fails_and_the_video_waits_on(queue: Queue) -> None:
    first, second = create_video(), create_video()
    assert take(first, n=3)

    assert not take(second, n=3)

    assert now(second).waiting_queue == NAME
    queue.check(first, second, capacity=1)


def test_video_that_is_taken_after_its_own_take_has_failed_is_left_alone(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.set_capacity(2)
    video, other = create_video(), create_video()
    read, refresh = now(video), video_records.refresh
    assert take(other, n=0)

    def take_first(it: Video) -> None:
        monkeypatch.setattr(video_records, "refresh", refresh)
        assert take(now(video), n=1)
        refresh(it)

    monkeypatch.setattr(video_records, "refresh", take_first)

    with pytest.raises(LostRace):
        take(read, n=0)


def test_failed_video_at_the_head_does_not_use_up_the_free_slots(queue: Queue) -> None:
    queue.set_capacity(2)
    failed, second, third = (waiting_video(seconds_earlier=it) for it in (30, 20, 10))
    fail(now(failed))

    assert queue.dispatch() == 2
    assert queue.started == [second.video_id, third.video_id]


def test_records_and_entries_that_cannot_be_read_do_not_block_the_queue(queue: Queue) -> None:
    queue.set_capacity(1)
    unreadable, bad_place, good = (waiting_video(seconds_earlier=it) for it in (30, 20, 10))
    _store(unreadable, "created_at", {"S": "yesterday"})
    _store(bad_place, "dispatch_at", {"S": "2000"})

    started = queue.dispatch()
    for video in (unreadable, bad_place):  # so that no later test reads them
        video.delete()

    assert (started, queue.started) == (1, [good.video_id])


def _store(video: Video, name: str, value: Any) -> None:
    dynamodb_client().update_item(
        TableName=Video.Meta.table_name,
        Key={"owner": {"S": video.owner}, "video_id": {"S": video.video_id}},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )


def test_more_waiting_videos_than_one_page_of_the_index(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_READ_AT_ONCE", 2)
    queue.set_capacity(5)
    videos = [waiting_video(seconds_earlier=it) for it in (50, 40, 30, 20, 10)]

    assert queue.waiting() == [it.video_id for it in videos]
    assert queue.dispatch() == 5


def test_new_video_that_the_index_does_not_show_yet_is_dispatched(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.set_capacity(1)
    video = create_video()
    monkeypatch.setattr(waiting, "_query", lambda *_, **__: {"Items": []})
    new = [Candidate(dispatch_at=video.dispatch_at, video_id=video.video_id, owner=video.owner)]

    assert dispatcher.dispatch(NAME, new=new, deadline=float("inf")) == 1


def test_two_dispatchers_at_once_start_each_video_once(queue: Queue) -> None:
    queue.set_capacity(4)
    videos = [create_video() for _ in range(6)]

    with ThreadPoolExecutor(3) as pool:
        started = sum(pool.map(lambda _: queue.dispatch(), range(3)))

    assert started == len(queue.started) == len(set(queue.started)) == 4
    queue.check(*videos, capacity=4)


def test_dispatcher_that_finds_every_free_slot_taken_leaves_the_videos_waiting(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.set_capacity(2)
    video = create_video()
    monkeypatch.setattr(slots, "numbers", lambda *_, **__: set())  # what it has read is old by now
    monkeypatch.setattr(slots, "count", lambda *_, **__: 0)
    others = [create_video(), create_video()]
    for n, other in enumerate(others):
        assert take(other, n=n)

    assert queue.dispatch() == 0
    assert now(video).waiting_queue == NAME


def test_lost_reply_to_a_take_is_a_take(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    write = transactions.write

    def write_twice(add_items: Any) -> None:
        write(add_items)
        write(add_items)

    video = create_video()
    monkeypatch.setattr(transactions, "write", write_twice)

    assert take(video, n=1)

    assert [it.video_id for it in queue.held()] == [video.video_id]


def test_failed_start_is_left_to_the_sweeper(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.set_capacity(2)

    def refuse(_video: Video) -> bool:
        raise StoreUnavailable("no")

    monkeypatch.setattr(execution, "start", refuse)
    videos = [create_video(), create_video()]

    assert queue.dispatch() == 2
    for video in map(now, videos):
        assert (video.next_check_at - datetime.now(UTC)).total_seconds() <= 30


def test_paused_site_gives_no_slots(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    create_video()
    monkeypatch.setattr(pause, "is_paused", lambda: True)

    assert queue.dispatch() == 0
    assert dispatcher.dispatch_all(deadline=float("inf")) == 0


def test_run_out_of_time_stops_between_two_videos(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.set_capacity(2)
    for _ in range(2):
        create_video()
    seconds = iter([0])
    monkeypatch.setattr(dispatcher, "time", SimpleNamespace(monotonic=lambda: next(seconds, 100)))

    assert dispatcher.dispatch(NAME, deadline=50) == 1


def test_run_out_of_time_counts_no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.append(name))

    dispatcher.dispatch_all(deadline=0)

    assert counted == []


def test_one_broken_queue_does_not_hold_up_the_others(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.set_capacity(1)
    create_video()
    counted: list[str] = []
    fill = dispatcher._fill

    def fill_or_fail(name: str, *args: Any, **kwargs: Any) -> Any:
        if name < NAME:
            raise ValueError(name)
        return fill(name, *args, **kwargs)

    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.append(name))
    monkeypatch.setattr(dispatcher, "_fill", fill_or_fail)

    assert dispatcher.dispatch_all(deadline=float("inf")) >= 1
    assert (len(queue.started) >= 1, counted) == (True, [])

    monkeypatch.setattr(dispatcher, "_fill", fill)
    dispatcher.dispatch_all(deadline=float("inf"))
    assert counted == ["DispatchRan"]


def test_video_without_a_slot_is_never_sent(queue: Queue, kling: Any) -> None:
    video = create_video()

    assert submit.submit(now(video)).status == "waiting"
    assert kling.create_calls.get(video.video_id, 0) == 0
    assert (step("queued", video), kling.create_calls[video.video_id]) == ("processing", 1)
