"""A slot is let go exactly once when the provider's job ends, and no video is sent with a slot that it has lost."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from keepreel import metrics
from keepreel.aws import dynamodb_client
from keepreel.db import slots, video_records
from keepreel.db.slots import Slot
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.dispatch import audit
from keepreel.dispatch.take import take
from keepreel.errors import LostRace
from keepreel.providers import registry
from keepreel.videos import cancel, delete
from keepreel.workflow import attempts, provider_job, submit
from local.simulators.kling.simulator import KlingSimulator
from tests.queue_driver import NAME, Queue
from tests.workflow_driver import create_video, facts, now, quotas_used, run, step

SLOT = ("slot_queue", "slot", "slot_token", "slot_taken_at")
PLACE = ("waiting_queue", "dispatch_at")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "count", lambda name, *_, **__: counted.append(name))
    return counted


def with_slot(n: int = 7) -> Video:
    video = create_video()
    assert take(video, n=n)
    return now(video)


def submitted(n: int = 7) -> Video:
    video = with_slot(n)
    assert step("queued", video) == "processing"
    return now(video)


def fail(video: Video) -> None:
    video_records.close(video, to=Status.FAILED)


ENDS: dict[str, tuple[Callable[[], Video], Callable[[Video], object]]] = {
    "saving": (submitted, partial(step, "processing")),
    "failed": (submitted, fail),
    "canceled": (with_slot, cancel.cancel),
    "deleted with a slot": (with_slot, delete.delete),
    "deleted while generated": (submitted, delete.delete),
    "put back": (with_slot, lambda video: video_records.put_back(video, [], video_records.UNSENT)),
    "leaked": (submitted, video_records.release_slot),
}


@pytest.mark.parametrize("end", ENDS)
def test_slot_is_let_go_once(end: str, queue: Queue, counted: list[str]) -> None:
    make, finish = ENDS[end]
    video = make()
    queue.check(video, capacity=1)
    late = now(video)
    queue.requests.clear()

    finish(video)

    assert (queue.held(), facts(now(video), *SLOT)) == ([], (None,) * 4)
    assert queue.requests == [NAME]
    other = with_slot()  # takes the same number
    with suppress(LostRace):
        finish(late)
    assert [it.token for it in queue.held()] == [other.slot_token]
    assert "SlotLost" not in counted


@pytest.mark.parametrize("end", ["canceled", "deleted"])
def test_waiting_video_that_ends_leaves_the_queue(end: str, queue: Queue) -> None:
    video = create_video()

    (cancel.cancel if end == "canceled" else delete.delete)(now(video))

    assert (queue.waiting(), facts(now(video), *PLACE)) == ([], (None, None))
    assert quotas_used(video) == (0, 0, 0)


@pytest.mark.parametrize("slot", ["missing", "of another take"])
@pytest.mark.parametrize("end", ["saving", "failed", "put back"])
def test_lost_slot_does_not_keep_the_record_from_being_written(
    end: str,
    slot: str,
    queue: Queue,
    counted: list[str],
) -> None:
    make, finish = ENDS[end]
    video = make()
    for held in queue.held():
        held.delete()
    other = with_slot() if slot == "of another take" else None

    finish(video)

    assert facts(now(video), *SLOT) == (None,) * 4
    assert now(video).status == {"saving": "saving", "failed": "failed", "put back": "queued"}[end]
    assert [it.token for it in queue.held()] == ([other.slot_token] if other else [])
    assert counted.count("SlotLost") == 1


@pytest.mark.parametrize("change", ["waits again", "another take"])
def test_video_is_not_sent_with_a_slot_that_it_has_lost(change: str, queue: Queue, kling: KlingSimulator) -> None:
    read = with_slot()
    video_records.put_back(now(read), [], video_records.UNSENT)
    if change == "another take":
        assert take(now(read), n=8)

    with pytest.raises(LostRace):
        submit.submit(read)

    assert kling.create_calls.get(read.video_id, 0) == 0
    assert now(read).attempt_token is None


def test_attempt_of_a_waiting_video_is_refused(queue: Queue) -> None:
    video = create_video()
    submission = registry.adapter(video.provider).prepare(provider_job.with_image(video))

    with pytest.raises(LostRace):
        attempts.begin(now(video), submission, number=1)


def test_late_close_does_not_free_the_slot_of_a_later_take(queue: Queue, counted: list[str]) -> None:
    late = with_slot()
    video_records.put_back(now(late), [], video_records.UNSENT)
    assert take(now(late), n=9)

    with pytest.raises(LostRace):
        video_records.close(late, to=Status.FAILED)

    queue.check(late, capacity=1)
    assert (len(queue.held()), counted) == (1, [])


def test_busy_answer_to_a_deleted_video_refunds_it(queue: Queue, kling: KlingSimulator) -> None:
    video = with_slot()
    kling.fault(on="create", kind="code", code=1303, external_id=video.video_id)
    begin = attempts.begin

    def begin_then_delete(it: Video, *args: Any, **kwargs: Any) -> None:
        begin(it, *args, **kwargs)
        delete.delete(now(video))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(attempts, "begin", begin_then_delete)
        step("queued", video)

    assert now(video).status == "deleting"
    assert (quotas_used(video), queue.held()) == ((0, 0, 0), [])


def held_for(video: Video, **ago: float) -> None:
    at = datetime.now(UTC) - timedelta(**ago)
    Slot.get(NAME, int(video.slot)).update(actions=[Slot.taken_at.set(at)])
    video.update(actions=[Video.slot_taken_at.set(at)])


def audited() -> None:
    audit.release_lost_slots(deadline=float("inf"))


@pytest.mark.parametrize("state", ["gone", "finished", "of another take"])
def test_audit_frees_a_slot_that_its_video_does_not_hold(state: str, queue: Queue, counted: list[str]) -> None:
    video, running = with_slot(1), submitted(2)
    for it in (video, running):
        held_for(it, minutes=11)
    if state == "gone":
        video.delete()
    else:
        video.update(actions=[Video.slot_token.remove() if state == "finished" else Video.slot_token.set("another")])

    audited()

    assert [int(it.n) for it in queue.held()] == [2]
    assert counted == ["SlotLost"]


def test_audit_leaves_young_slots_alone(queue: Queue, counted: list[str]) -> None:
    video = with_slot()
    video.update(actions=[Video.slot_token.remove()])

    audited()

    assert (len(queue.held()), counted) == (1, [])


@pytest.mark.parametrize(("minutes", "leaked"), [(59, 0), (61, 1)])
def test_audit_frees_the_slot_of_a_job_that_never_ends(
    minutes: int, leaked: int, queue: Queue, counted: list[str]
) -> None:
    video = submitted()
    held_for(video, minutes=minutes)

    audited()

    assert (1 - len(queue.held()), counted) == (leaked, ["SlotLeaked"] * leaked)
    assert now(video).status == "processing"
    assert run(video, status="processing").status == "completed"


def test_slot_that_is_let_go_during_the_audit_is_no_lost_one(
    queue: Queue, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = with_slot()
    held_for(video, minutes=11)
    listed = queue.held()
    cancel.cancel(now(video))
    other = with_slot()
    monkeypatch.setattr(slots, "held", lambda queue, **_: iter(listed if queue == NAME else ()))

    audited()

    assert counted == []
    monkeypatch.undo()
    assert [it.token for it in slots.held(NAME)] == [other.slot_token]


def test_unreadable_record_does_not_stop_the_audit(queue: Queue, counted: list[str]) -> None:
    unreadable, gone = with_slot(1), with_slot(2)
    for it in (unreadable, gone):
        held_for(it, minutes=11)
    dynamodb_client().update_item(
        TableName=Video.Meta.table_name,
        Key={"owner": {"S": unreadable.owner}, "video_id": {"S": unreadable.video_id}},
        UpdateExpression="SET created_at = :value",
        ExpressionAttributeValues={":value": {"S": "yesterday"}},
    )
    gone.delete()

    audited()
    unreadable.delete()

    assert (counted, [int(it.n) for it in queue.held()]) == (["SlotLost"], [1])


@pytest.mark.parametrize("status", ["queued", "delayed"])
def test_video_of_an_older_version_without_a_place_gets_one_and_finishes(status: str, queue: Queue) -> None:
    video = create_video()
    video.update(
        actions=[Video.status.set(status), Video.waiting_queue.remove(), Video.dispatch_at.remove()],
    )

    queue.requests.clear()

    assert step("queued", video) == "waiting"

    assert (facts(now(video), *PLACE), queue.requests) == ((NAME, video.created_at), [NAME])
    assert run(video).status == "completed"
    assert queue.held() == []


def test_video_of_an_older_version_that_is_generated_finishes_without_a_slot(queue: Queue, counted: list[str]) -> None:
    video = submitted()
    slots.forget(queue.held()[0])
    video.update(actions=[*slots.released(), Video.dispatch_at.remove()])

    assert run(video, status="processing").status == "completed"
    assert "SlotLost" not in counted


def test_ten_queued_videos_of_a_model_that_has_ended_cost_one_call(queue: Queue, kling: KlingSimulator) -> None:
    queue.set_capacity(2)
    kling.fault(on="create", kind="code", code=1203, message="The model has been discontinued.")
    videos = [create_video() for _ in range(10)]

    while queue.dispatch():
        for slot in queue.held():
            video = now(Video(slot.owner, slot.video_id))
            assert (step("queued", video), step("failed", video)) == ("failed", "failed")

    assert sum(kling.create_calls.get(it.video_id, 0) for it in videos) == 1
    assert [quotas_used(it) for it in videos] == [(0, 0, 0)] * 10
    assert {now(it).error_code for it in videos} == {"model_unavailable"}
    assert (queue.held(), queue.waiting()) == ([], [])


def test_unreadable_slot_does_not_stop_the_queue_or_the_audit(queue: Queue, counted: list[str]) -> None:
    queue.set_capacity(3)
    unreadable, gone, waiting = with_slot(0), with_slot(1), create_video()
    held_for(gone, minutes=11)
    gone.delete()
    dynamodb_client().update_item(
        TableName=Slot.Meta.table_name,
        Key={"queue": {"S": NAME}, "n": {"N": "0"}},
        UpdateExpression="SET taken_at = :value",
        ExpressionAttributeValues={":value": {"S": "yesterday"}},
    )

    assert (queue.dispatch(), queue.started) == (1, [waiting.video_id])
    audited()
    assert counted == ["SlotLost"]

    cancel.cancel(now(unreadable))
    assert [it.video_id for it in queue.held()] == [waiting.video_id]
