"""What busy answers show: a lower capacity for a while, or a pause with one probe at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keepreel.aws import dynamodb_client
from keepreel.db import slots
from keepreel.db.slots import QueueState, Slot
from keepreel.db.tables import Video
from keepreel.dispatch import dispatcher, room
from keepreel.dispatch.room import Room
from keepreel.dispatch.take import take
from keepreel.errors import Busy, NoConnection, StoreUnavailable, Unavailability
from keepreel.logs import logger
from keepreel.models import queues
from keepreel.providers.kling import adapter
from keepreel.videos import cancel
from local.simulators.kling.simulator import KlingSimulator
from tests.queue_driver import NAME, Paused, Queue, waiting_video
from tests.virtual_workflow import Clock, virtual_clock
from tests.workflow_driver import create_video, facts, now, step

CAPACITY, RATE_LIMIT = 1303, 1302


@pytest.fixture
def clock(queue: Queue) -> Iterator[Clock]:
    queue.set_capacity(5, WAIT_SCALE=1)
    with virtual_clock() as clock:
        yield clock


def busy(kling: KlingSimulator, video: Video, *, code: int) -> str:
    """Let the provider refuse the next submit of a video."""
    kling.fault(on="create", kind="code", code=code, external_id=video.video_id)
    return step("queued", video)


def dispatched(queue: Queue, count: int) -> list[Video]:
    videos = [create_video() for _ in range(count)]
    queue.dispatch()
    return videos


def capacity(clock: Clock, queue: Queue) -> int:
    return room.capacity(NAME, queue.state(), now=clock.now())


def test_busy_answer_lowers_the_capacity_to_what_runs(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    first, *others = dispatched(queue, 4)
    place = now(first).dispatch_at

    assert busy(kling, first, code=CAPACITY) == "waiting"

    assert facts(now(first), "waiting_queue", "dispatch_at", "slot_token") == (NAME, place, None)
    assert (capacity(clock, queue), queue.dispatch(), facts(queue.state(), "paused_until")) == (3, 0, (None,))
    queue.check(first, *others, capacity=3)


def test_lowered_capacity_counts_the_slots_with_high_numbers(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    queue.set_capacity(60, WAIT_SCALE=1)
    videos = [create_video() for _ in range(4)]
    for n, video in enumerate(videos):
        take(video, n=50 + n)

    busy(kling, videos[0], code=CAPACITY)

    assert (capacity(clock, queue), queue.dispatch(), len(queue.held())) == (3, 0, 3)


def test_lowered_capacity_grows_by_one_after_ten_minutes_and_then_faster(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    queue.set_capacity(50, WAIT_SCALE=1)
    busy(kling, dispatched(queue, 4)[0], code=CAPACITY)

    grown = []
    for minutes in (9, 10, 20, 30, 60):
        at = clock.now() + timedelta(minutes=minutes)
        grown.append(room.capacity(NAME, queue.state(), now=at))

    assert grown == [3, 4, 6, 10, 50]


def test_busy_answers_at_once_lower_the_capacity_one_by_one(
    clock: Clock, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All workers count the slots before any of them has let its own go."""
    monkeypatch.setattr(slots, "count", lambda *_, **__: 100)
    queue.set_capacity(100, WAIT_SCALE=1)

    for _ in range(96):
        room.provider_is_busy(NAME, is_at_capacity=True)

    assert capacity(clock, queue) == 4


def test_late_busy_answer_never_raises_the_capacity(
    clock: Clock, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for running in (4, 9):
        monkeypatch.setattr(slots, "count", lambda *_, running=running, **__: running)
        room.provider_is_busy(NAME, is_at_capacity=True)

    assert capacity(clock, queue) <= 3


@pytest.mark.parametrize("code", [CAPACITY, RATE_LIMIT])
def test_provider_that_is_busy_although_nothing_runs_pauses_the_queue(
    code: int, clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    (video,) = dispatched(queue, 1)
    pauses = []

    for _ in range(9):
        busy(kling, video, code=code)
        left = (queue.state().paused_until - clock.now()).total_seconds()
        pauses.append(round(left))
        with pytest.raises(Paused) if left <= 15 else nullcontext():
            assert queue.dispatch() == 0
        clock.seconds += left
        assert queue.dispatch() == 1
        assert now(video).is_probe

    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    queue.check(video, capacity=1)


def test_rate_limit_pauses_the_queue_although_videos_run(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    first, *_ = dispatched(queue, 3)

    busy(kling, first, code=RATE_LIMIT)

    assert queue.state().paused_until is not None
    assert capacity(clock, queue) == 5


def test_busy_answers_at_once_are_one_pause(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    for video in dispatched(queue, 4):
        busy(kling, video, code=RATE_LIMIT)

    assert queue.state().pause_seconds == 5


def paused(queue: Queue, kling: KlingSimulator, clock: Clock, *, waiting: int = 3) -> None:
    for video in dispatched(queue, waiting):
        busy(kling, video, code=RATE_LIMIT)
    clock.seconds += 5


def test_one_probe_at_a_time(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    paused(queue, kling, clock)

    assert [queue.dispatch() for _ in range(3)] == [1, 0, 0]
    clock.seconds += 40
    assert queue.dispatch() == 0
    clock.seconds += 21
    assert queue.dispatch() == 1


def test_two_dispatchers_at_once_send_one_probe(
    clock: Clock, queue: Queue, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused(queue, kling, clock)
    both_found = [Room(free=(n,), is_probe=True) for n in (0, 1)]
    monkeypatch.setattr(room, "find", lambda *_, **__: both_found.pop(0) if both_found else Room())

    assert [dispatcher._fill(NAME, (), deadline=float("inf"))[0] for _ in range(2)] == [1, 0]


def test_late_busy_answer_does_not_pause_a_queue_that_an_accepted_probe_has_resumed(
    clock: Clock, queue: Queue, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused(queue, kling, clock)
    read = queue.state()
    room.probe_was_accepted(NAME)

    with monkeypatch.context() as patched:
        patched.setattr(slots, "state", lambda _queue: read)
        room.provider_is_busy(NAME, is_at_capacity=False, is_probe=True)

    assert facts(queue.state(), "pause_seconds", "paused_until") == (None, None)


def test_accepted_probe_ends_the_pause_and_the_capacity_doubles(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    queue.set_capacity(12, WAIT_SCALE=1)
    paused(queue, kling, clock, waiting=12)
    queue.dispatch()
    probe = next(it for it in map(_record, queue.held()) if it.is_probe)

    assert step("queued", probe) == "processing"

    assert (queue.requests[-1], facts(queue.state(), "pause_seconds"), facts(now(probe), "is_probe")) == (
        NAME,
        (None,),
        (None,),
    )
    held = []
    for _ in range(4):
        with pytest.raises(Paused) if len(queue.held()) < 8 else nullcontext():
            queue.dispatch()
        held.append(len(queue.held()))
        clock.seconds += 10
    assert held == [2, 4, 8, 12]
    assert 0 < queue.slept[-1] <= 10


def test_probe_that_is_refused_lets_the_next_one_follow(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    paused(queue, kling, clock)
    queue.dispatch()
    (probe,) = map(_record, queue.held())
    kling.fault(on="create", kind="code", code=1301, external_id=probe.video_id)

    assert step("queued", probe) == "failed"

    assert queue.dispatch() == 1


def test_probe_that_is_answered_at_capacity_ends_the_pause(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    running, *others = dispatched(queue, 3)
    assert step("queued", running) == "processing"
    for video in others:
        busy(kling, video, code=RATE_LIMIT)
    clock.seconds += 5
    queue.dispatch()
    probe = next(it for it in map(_record, queue.held()) if it.is_probe)

    busy(kling, probe, code=CAPACITY)

    assert (facts(queue.state(), "pause_seconds"), capacity(clock, queue)) == ((None,), 1)


def test_busy_answer_is_stored_also_if_the_state_of_the_queue_cannot_be(
    queue: Queue, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    (video,) = dispatched(queue, 1)

    def fail(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("no")

    monkeypatch.setattr(slots, "state", fail)

    assert busy(kling, video, code=CAPACITY) == "waiting"
    assert now(video).attempt_token is None


def test_model_that_is_switched_off_does_not_hold_up_the_others_of_its_queue(
    clock: Clock, queue: Queue, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.set_capacity(1, WAIT_SCALE=1)
    blocked, other = waiting_video(seconds_earlier=9), waiting_video()
    queue.dispatch()

    def refuse(*_: Any) -> Any:
        raise Busy("switched off", unavailable=Unavailability.BLOCKED)

    with monkeypatch.context() as patched:
        patched.setattr(adapter, "submit", refuse)
        assert step("queued", blocked) == "waiting"

    assert facts(queue.state(), "paused_until") == (None,)
    assert (queue.dispatch(), queue.started[-1]) == (1, other.video_id)
    cancel.cancel(now(other))
    assert queue.dispatch() == 0
    clock.seconds += 301
    assert (queue.dispatch(), queue.started[-1]) == (1, blocked.video_id)


def test_configured_capacity_below_what_runs_cuts_nothing_and_takes_nothing(queue: Queue) -> None:
    queue.set_capacity(5)
    videos = dispatched(queue, 7)
    queue.set_capacity(3)

    taken = []
    for slot in queue.held():
        taken.append(queue.dispatch())
        cancel.cancel(_record(slot))
    taken.append(queue.dispatch())

    assert taken == [0, 0, 0, 1, 1, 0]
    queue.check(*videos, capacity=3)


def test_more_slots_than_one_read_shows(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_WINDOW", 2)
    queue.set_capacity(5)
    videos = dispatched(queue, 6)
    assert len(queue.held()) == 5

    for slot in queue.held():  # a free slot in any window is found at once
        cancel.cancel(_record(slot))
        create_video()
        assert queue.dispatch() == 1
    queue.check(*videos, capacity=5)


def test_no_capacity_starts_nothing(queue: Queue) -> None:
    queue.set_capacity(0)

    assert dispatched(queue, 1)
    assert queue.started == []


@pytest.mark.parametrize(
    ("setting", "name", "expected"),
    [
        ("kling=5,higgsfield=4", "kling#kling-v2-6", 5),
        ("kling=5, kling#kling-v2-6=2", "kling#kling-v2-6", 2),
        ("higgsfield=4", "higgsfield#account", 4),
        ("higgsfield=4", "kling#kling-v2-6", 1),
        ("kling=0", "kling#kling-v2-6", 0),
    ],
)
def test_capacity_of_a_queue(setting: str, name: str, expected: int, limit: Callable[..., None]) -> None:
    limit(PROVIDER_CAPACITY=setting)

    assert queues.capacity(name) == expected


def test_misspelled_capacity_is_reported(
    queue: Queue, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[tuple[str, Any]] = []
    monkeypatch.setattr(logger, "error", lambda message, *, extra: errors.append((message, extra)))
    limit(PROVIDER_CAPACITY="klign=5,kling#kling-v2-6=2,kling#v9=1,higgsfield=4")

    dispatcher.report_unknown_queues()

    assert errors == [("capacity of unknown queues", {"queues": ["klign", "kling#v9"]})]


@pytest.mark.parametrize(("seconds_left", "called"), [(5, [NAME]), (35, [])])
def test_run_of_every_minute_leaves_a_short_pause_to_another_dispatcher(
    seconds_left: int, called: list[str], clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    (video,) = dispatched(queue, 1)
    busy(kling, video, code=RATE_LIMIT)
    queue.requests.clear()
    clock.seconds += 5 - seconds_left

    dispatcher.dispatch_all(deadline=float("inf"))

    assert (queue.requests, queue.slept) == (called, [])


def test_state_without_a_probe_is_free_again(queue: Queue) -> None:
    room.end_probe(NAME)  # of a queue that is not paused

    assert queue.state().paused_until is None
    assert [*Slot.query(NAME, QueueState.n < 0)] == []


def _record(slot: Slot) -> Video:
    return now(Video(slot.owner, slot.video_id))


def unanswered(kling: KlingSimulator, video: Video) -> str:
    """Let the provider's gateway answer the next submit of a video."""
    kling.fault(on="create", kind="http", status=502, external_id=video.video_id)
    return step("queued", video)


def test_third_submit_in_a_row_without_an_answer_pauses_the_queue(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    videos = dispatched(queue, 3)
    paused = []
    for video in videos:
        assert unanswered(kling, video) == "queued"  # its outcome is unknown, so it keeps its attempt and its slot
        paused.append(facts(queue.state(), "pause_seconds", "is_unreachable"))

    assert paused == [(None, None), (None, None), (5, True)]
    create_video()
    with pytest.raises(Paused):
        queue.dispatch()


def test_accepted_submit_restarts_the_count_of_submits_without_an_answer(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    for _ in range(2):
        unanswered(kling, dispatched(queue, 1)[0])
    assert queue.state().unanswered == 2

    step("queued", dispatched(queue, 1)[0])

    assert facts(queue.state(), "unanswered", "pause_seconds", "resumed_at") == (None, None, None)


def test_probes_find_the_end_of_an_outage(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    for video in dispatched(queue, 3):
        unanswered(kling, video)
    seconds = []
    for _ in range(2):
        clock.seconds += float(queue.state().pause_seconds) + 1
        unanswered(kling, dispatched(queue, 1)[0])
        seconds.append(int(queue.state().pause_seconds))
    assert (seconds, queue.state().is_unreachable) == ([10, 20], True)
    queue.set_capacity(6, WAIT_SCALE=1)
    clock.seconds += 21

    assert step("queued", dispatched(queue, 1)[0]) == "processing"

    assert facts(queue.state(), "pause_seconds", "unanswered", "is_unreachable") == (None, None, None)


def test_provider_without_a_connection_is_an_outage_at_once(
    clock: Clock, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    (video,) = dispatched(queue, 1)

    def refuse(_: object) -> str:
        raise NoConnection("no connection to Kling")

    monkeypatch.setattr(adapter, "submit", refuse)

    assert step("queued", video) == "waiting"

    assert facts(queue.state(), "pause_seconds", "is_unreachable") == (5, True)


def test_busy_answer_of_a_probe_says_that_the_provider_answers_again(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    for video in dispatched(queue, 3):
        unanswered(kling, video)
    clock.seconds += 6

    busy(kling, dispatched(queue, 1)[0], code=RATE_LIMIT)

    assert facts(queue.state(), "pause_seconds", "is_unreachable", "unanswered") == (10, None, None)


def test_lookup_that_finds_a_task_ends_an_outage_in_which_all_slots_are_held(
    clock: Clock, queue: Queue, kling: KlingSimulator
) -> None:
    queue.set_capacity(3, WAIT_SCALE=1)
    videos = dispatched(queue, 3)
    for video in videos:
        kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
        step("queued", video)
    assert (queue.state().is_unreachable, len(queue.held())) == (True, 3)
    queue.requests.clear()

    assert step("queued", videos[0]) == "processing"

    assert facts(queue.state(), "pause_seconds", "is_unreachable", "unanswered") == (None, None, None)
    assert queue.requests == [NAME]


def test_lookup_does_not_end_the_pause_of_a_busy_provider(clock: Clock, queue: Queue, kling: KlingSimulator) -> None:
    first, second = dispatched(queue, 2)
    kling.fault(on="create", kind="lose_reply", external_id=first.video_id)
    step("queued", first)
    busy(kling, second, code=RATE_LIMIT)

    assert step("queued", first) == "processing"

    assert queue.state().pause_seconds == 5


DAMAGED_STATES: dict[str, dict[str, dict[str, str]]] = {
    "resumed with none": {"resumed_at": {"S": "2999-01-01T00:00:00.000000+0000"}, "resumed_with": {"N": "0"}},
    "paused for centuries": {"paused_until": {"S": "2999-01-01T00:00:00.000000+0000"}},
    "probe for centuries": {
        "paused_until": {"S": "2999-01-01T00:00:00.000000+0000"},
        "pause_seconds": {"N": "5"},
    },
    "unreadable time": {"paused_until": {"S": "tomorrow"}, "pause_seconds": {"N": "5"}},
    "number of a wrong type": {"learned": {"S": "many"}},
}


@pytest.mark.parametrize("damage", DAMAGED_STATES)
def test_damaged_state_does_not_stop_the_queue(damage: str, queue: Queue) -> None:
    queue.set_capacity(1, WAIT_SCALE=1)
    video = create_video()
    key = {"queue": {"S": NAME}, "n": {"N": str(slots.STATE)}}
    dynamodb_client().put_item(TableName=Slot.Meta.table_name, Item={**key, **DAMAGED_STATES[damage]})

    assert (queue.dispatch(), queue.started) == (1, [video.video_id])


def test_pause_after_a_damaged_state_is_kept(queue: Queue) -> None:
    queue.set_capacity(1, WAIT_SCALE=1)
    key = {"queue": {"S": NAME}, "n": {"N": str(slots.STATE)}}
    damaged = DAMAGED_STATES["unreadable time"]
    dynamodb_client().put_item(TableName=Slot.Meta.table_name, Item={**key, **damaged})

    room.provider_is_busy(NAME, is_at_capacity=False)

    assert queue.state().pause_seconds == 5
    assert queue.dispatch() == 0


def test_pause_that_ends_after_the_run_is_left_to_the_next_run(queue: Queue) -> None:
    queue.set_capacity(1, WAIT_SCALE=1)
    create_video()
    room.provider_is_busy(NAME, is_at_capacity=False)

    assert dispatcher.dispatch(NAME, deadline=time.monotonic() + 4) == 0
    assert queue.slept == []


def test_busy_answers_never_lower_the_capacity_to_nothing(queue: Queue) -> None:
    for _ in range(3):
        room._lower(NAME, 1)

    assert queue.state().learned == 1


@pytest.mark.parametrize(
    ("learned_minutes_ago", "taken_minutes_ago", "running", "has_fewer"),
    [(5, 1, 2, True), (5, 1, 3, False), (5, 6, 2, False), (11, 1, 2, False), (5, None, 2, False)],
)
def test_fewer_videos_run_than_at_the_last_busy_answer(
    learned_minutes_ago: int, taken_minutes_ago: int | None, running: int, *, has_fewer: bool
) -> None:
    now = datetime.now(UTC)
    state = QueueState(NAME, slots.STATE, learned=3, learned_at=now - timedelta(minutes=learned_minutes_ago))
    taken_at = None if taken_minutes_ago is None else now - timedelta(minutes=taken_minutes_ago)

    assert room._has_fewer(state, running, taken_at=taken_at) == has_fewer
