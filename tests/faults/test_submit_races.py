"""Submit with parallel workers and with crashes: one paid task per video."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import ErrorCode, Failure, LostRace, StoreUnavailable
from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from keepreel.workflow import fail, submit
from local.simulators.kling.simulator import KlingSimulator
from tests.faults.tasks import backdate, tasks_of
from tests.workflow_driver import create_video_with_slot, now, run, step, usage


def test_failing_an_unsent_video_and_an_attempt_exclude_each_other(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    video_records.record_failure(now(video), Failure(code=ErrorCode.PROVIDER_ERROR, message="broke"))

    stale = video  # a worker that read the record before it failed
    with pytest.raises(LostRace):
        submit.submit(stale)

    assert video.video_id not in kling.create_calls


def test_task_found_at_the_last_moment_is_not_refunded(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    step("queued", video)
    stale = now(video)
    video.update(actions=[Video.provider_task_id.set("1")])

    with pytest.raises(StoreUnavailable):
        fail.fail(stale, cause=None)

    assert (run(video).status, usage(video)) == ("failed", 1)


def test_slow_worker_does_not_resend_a_submitted_video(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    stale = now(video)
    assert step("queued", video) == "processing"

    with pytest.raises(LostRace):
        submit._attempt(stale, number=2)

    assert kling.create_calls[video.video_id] == 1


def test_slow_worker_does_not_fail_a_video_being_submitted() -> None:
    video = create_video_with_slot()
    backdate(video, ago=timedelta(days=7))
    stale = now(video)
    video.update(actions=[Video.attempt_token.set("another worker's")])

    with pytest.raises(LostRace):
        submit.submit(stale)

    assert now(video).error_code is None


def test_video_with_an_attempt_is_not_failed_as_unsent(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    stale = now(video)
    stale.update(actions=[Video.breaks.set(9)])
    step("queued", video)

    assert fail.fail(stale, cause="Lambda.Unknown").status == "delayed"

    assert now(video).error_code is None


def test_attempt_during_the_break_handling_keeps_the_video_open(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    video.update(actions=[Video.breaks.set(9)])
    record_own_failure = fail._record_own_failure

    def record_after_an_attempt(failed: Video) -> bool:
        step("queued", video)
        return record_own_failure(failed)

    monkeypatch.setattr(fail, "_record_own_failure", record_after_an_attempt)

    assert step("failed", video) == "processing"
    assert now(video).error_code is None


def test_task_id_is_stored_even_if_the_video_was_deleted(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    submit = adapter.submit

    def submit_after_a_delete(sent: Submission) -> str:
        Video(video.owner, video.video_id).update(actions=[Video.status.set("deleting")])
        return submit(sent)

    monkeypatch.setattr(adapter, "submit", submit_after_a_delete)

    assert step("queued", video) == "deleting"
    (task,) = tasks_of(kling, video)
    assert now(video).provider_task_id == task["id"]


def test_crash_after_the_attempt_record_is_recovered(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video_with_slot()
    with monkeypatch.context() as patched:
        patched.setattr(adapter, "submit", _crash)
        with pytest.raises(RuntimeError):
            step("queued", video)
    assert now(video).attempt_token is not None

    assert run(video).status == "completed"

    assert kling.create_calls[video.video_id] == 1


def test_crash_before_storing_the_task_id_finds_the_task(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video_with_slot()
    with monkeypatch.context() as patched:
        patched.setattr(submit, "_bind", _crash)
        with pytest.raises(RuntimeError):
            step("queued", video)
    assert now(video).provider_task_id is None

    assert run(video).status == "completed"

    assert kling.create_calls[video.video_id] == 1


def test_parallel_workers_submit_once(kling: KlingSimulator) -> None:
    video, barrier = create_video_with_slot(), Barrier(8)

    def work(_: int) -> str:
        barrier.wait()
        return step("queued", video)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


def test_failure_is_refunded_once(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    run(video)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: step("failed", video), range(4))) == ["failed"] * 4

    assert usage(video) == 0


def test_crash_before_the_status_change_keeps_the_failure_reason(kling: KlingSimulator) -> None:
    video = create_video_with_slot()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    assert step("queued", video) == "failed"
    assert now(video).status == "queued"

    record = run(video)  # a new workflow, from its start

    assert (record.status, record.error_code) == ("failed", "prompt_rejected")
    assert kling.create_calls[video.video_id] == 1


def _crash(*_: object, **__: object) -> None:
    raise RuntimeError("killed")
