"""The day's usage counts a video exactly if its provider charges for it, also if it is deleted or a call fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from pynamodb.expressions.update import Action

from keepreel.aws import STORE_ERRORS
from keepreel.db import charges, video_records
from keepreel.db.tables import Video
from keepreel.errors import LostRace, StoreUnavailable
from keepreel.providers.higgsfield import adapter as higgsfield_adapter
from keepreel.providers.kling import adapter as kling_adapter
from keepreel.videos import cancel, delete
from keepreel.workflow import attempts, deadlines, failures
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.aws_faults import LOST_REPLY, NO_RESPONSE, Fault, aws_faults, raises
from tests.workflow_driver import STEPS, create_video, create_video_from_upload, facts, now, quotas_used, step

pytestmark = pytest.mark.usefixtures("without_workflow")
ADAPTERS: dict[str, Any] = {"kling": kling_adapter, "higgsfield": higgsfield_adapter}
ENDS = ("completed", "failed", "canceled", "deleting")
# Answers to the submit that prove that nothing was accepted, and ends of a task that are free.
FREE: list[tuple[str, dict[str, Any]]] = [
    ("kling", {"kind": "code", "code": 1301}),
    ("kling", {"kind": "code", "code": 1303}),
    ("kling", {"kind": "code", "code": 1102}),
    ("higgsfield", {"kind": "code", "status": 422}),
    ("higgsfield", {"kind": "code", "status": 429}),
    ("higgsfield", {"kind": "code", "status": 403}),
    ("higgsfield", {"kind": "task_fails"}),
]
AWS_FAULTS: dict[str, Fault] = {"no response": raises(NO_RESPONSE["read timeout"]), "lost reply": LOST_REPLY}
Create = Callable[..., Video]


@pytest.fixture
def create(kling: KlingSimulator, higgsfield: HiggsfieldSimulator, picture: bytes) -> Create:
    """Create a video for a provider, whose simulator answers its submit with this fault."""
    simulators: dict[str, ProviderSimulator[Any, Any]] = {"kling": kling, "higgsfield": higgsfield}

    def made(provider: str, fault: dict[str, Any], *, times: int = 1) -> Video:
        video = create_video() if provider == "kling" else create_video_from_upload(picture)
        simulators[provider].fault(on="create", external_id=video.video_id, times=times, **fault)
        return video

    return made


class Calls:
    """Counts the AWS calls of the steps, and lets one of them fail."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.is_in_step = False
        self.count, self.failing = 0, 0

    def decide(self, _call: int) -> Fault | None:
        self.count += self.is_in_step
        return self.fault if self.is_in_step and self.count == self.failing else None

    @contextmanager
    def in_step(self) -> Iterator[None]:
        self.is_in_step = True
        with suppress(StoreUnavailable, *STORE_ERRORS):  # the state retries
            yield
        self.is_in_step = False


def drive(video: Video, calls: Calls) -> None:
    """Run steps as the workflow does, with further tries of a step that fails, until the video has ended."""
    status = "queued"
    for _ in range(60):
        with calls.in_step():
            status = step(status if status in STEPS else "queued", video)
        if now(video).status in ENDS:
            return
    raise AssertionError(f"stuck as {now(video).status}")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["submit", "poll"])
@pytest.mark.parametrize(("provider", "fault"), FREE, ids=str)
def test_free_video_that_is_deleted_during_a_call_is_not_counted(
    provider: str, fault: dict[str, Any], call: str, moment: str, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, send = create(provider, fault, times=9), getattr(ADAPTERS[provider], call)

    def delete_during_the_call(*args: Any) -> Any:
        monkeypatch.setattr(ADAPTERS[provider], call, send)
        if moment == "before":
            delete.delete(now(video))
        try:
            return send(*args)
        finally:
            if moment == "after":
                delete.delete(now(video))

    monkeypatch.setattr(ADAPTERS[provider], call, delete_during_the_call)
    for _ in range(6):
        step("queued", video)
        step("processing", video)
    if now(video).status != "deleting":
        delete.delete(now(video))

    assert quotas_used(video) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["drop", "lose_reply"])
def test_deleted_video_of_unknown_outcome_stays_counted(kind: str, create: Create) -> None:
    video = create("kling", {"kind": kind})
    step("queued", video)

    delete.delete(now(video))
    step("queued", video)

    assert quotas_used(video) == (1, 21, 0)


def test_refusal_of_a_second_attempt_refunds_no_deleted_video(create: Create, kling: KlingSimulator) -> None:
    video = create("kling", {"kind": "drop"})
    kling.fault(on="create", kind="code", code=1303, external_id=video.video_id)
    step("queued", video)
    send = kling_adapter.submit

    def delete_first(*args: Any) -> str:
        delete.delete(now(video))
        return send(*args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kling_adapter, "submit", delete_first)
        for _ in range(4):
            step("queued", video)

    assert (now(video).status, quotas_used(video)) == ("deleting", (1, 21, 0))


@pytest.mark.parametrize("fault", AWS_FAULTS)
@pytest.mark.parametrize(("provider", "answer"), [FREE[0], FREE[3], FREE[6]], ids=str)
def test_one_failed_aws_call_counts_no_free_video(
    provider: str, answer: dict[str, Any], fault: str, create: Create
) -> None:
    calls, counted = Calls(AWS_FAULTS[fault]), {}
    while calls.failing <= calls.count:
        video = create(provider, answer, times=9)
        calls.count, calls.failing = 0, calls.failing + 1
        with aws_faults(calls.decide):
            drive(video, calls)
        counted[calls.failing] = quotas_used(video)

    assert len(counted) > 4
    assert set(counted.values()) == {(0, 0, 0)}


def test_attempt_that_was_not_sent_in_time_is_undone(
    create: Create, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
    monkeypatch.setattr(deadlines, "is_stale", lambda _video: True)

    step("queued", video)

    assert facts(now(video), "status", "attempt_token", "provider_task_id") == ("queued", None, None)
    cancel.cancel(now(video))
    assert quotas_used(video) == (0, 0, 0)


@pytest.mark.parametrize("closes", ["fail", "delete"])
def test_close_decides_about_the_refund_by_what_it_read(
    closes: str, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that another worker undoes after the read must not leave the video counted."""
    video, close = create("kling", {"kind": "lose_reply"}), video_records.close
    step("queued", video)
    if closes == "fail":
        attempts.fail_unconfirmed(now(video), failures.NEVER_CONFIRMED)

    def undo_first(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(video_records, "close", close)
        attempts.undo(now(video))
        close(*args, **kwargs)

    monkeypatch.setattr(video_records, "close", undo_first)
    if closes == "delete":
        delete.delete(now(video))
    else:
        drive_to_the_end(video)

    assert quotas_used(video) == (0, 0, 0)


def drive_to_the_end(video: Video) -> None:
    for _ in range(3):
        with suppress(StoreUnavailable):  # the state retries
            step("failed", video)


def test_canceled_task_is_refunded_once(
    create: Create, higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    others = [create("higgsfield", {"kind": "task_fails"}) for _ in range(2)]
    for video, close in zip(others, (cancel.cancel, delete.delete), strict=True):
        step("queued", video)
        step("queued", video)
        stale = now(video)
        close(now(video))
        if now(video).status == "canceled":
            delete.delete(now(video))
        with pytest.raises(LostRace):
            STEPS["processing"](stale)

    assert [quotas_used(it) for it in others] == [(0, 0, 0)] * 2


CLOSED = {"status": "deleting", "attempt_token": "mine", "provider_task_id": None, "is_uncharged": None}


def closed_video(**changes: Any) -> Video:
    """Return a video that was closed while it counted; `changes` are of its record."""
    video = create_video()
    names = {**CLOSED, **changes}
    actions: list[Action] = [getattr(Video, name).set(value) for name, value in names.items() if value is not None]
    now(video).update(actions=actions)
    return now(video)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"status": "failed"}, 0),
        ({"status": "queued"}, 1),
        ({"status": "completed"}, 1),
        ({"attempt_token": "of another worker"}, 1),
        ({"provider_task_id": "found"}, 1),
    ],
    ids=str,
)
def test_attempt_is_refunded_once_and_only_on_a_closed_record(
    changes: dict[str, Any], count: int, kling: KlingSimulator
) -> None:
    video = closed_video(**changes)

    for _ in range(2):
        charges.refund_attempt(now(video), "mine")

    assert quotas_used(video)[:2] == (count, 21 * count)


@pytest.mark.parametrize(
    ("changes", "count"),
    [({}, 0), ({"status": "processing"}, 1), ({"provider_task_id": "another"}, 1), ({"is_uncharged": True}, 1)],
    ids=str,
)
def test_task_is_refunded_once_and_only_on_a_closed_record(
    changes: dict[str, Any], count: int, kling: KlingSimulator
) -> None:
    video = closed_video(**{"provider_task_id": "mine", **changes})

    for _ in range(2):
        charges.refund_task(now(video), "mine")

    assert quotas_used(video)[:2] == (count, 21 * count)
