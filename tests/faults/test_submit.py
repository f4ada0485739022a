"""Submit under every fault: one paid task per video."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from PIL import Image

from keepreel.db import video_records
from keepreel.db.tables import Video
from keepreel.errors import ErrorCode, Failure, LostRace, RefusedOrKnown, StoreUnavailable
from keepreel.media import images, uploads
from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from keepreel.workflow import fail, submit
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.workflow_driver import create_video, facts, now, run, step, usage


def tasks_of(kling: KlingSimulator, video: Video) -> list[dict[str, Any]]:
    return [task for task in kling.tasks if task["external_id"] == video.video_id]


def test_submit_stores_the_task_id_and_the_request(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    video = create_video()

    assert step("queued", video) == "processing"

    record, (task,) = now(video), tasks_of(kling, video)
    assert (record.status, record.provider_task_id, record.attempts) == ("processing", task["id"], 1)
    sent = json.loads(record.attempt_request or "")
    assert sent["path"] == "/v1/videos/text2video"
    assert (sent["body"]["prompt"], sent["body"]["external_task_id"]) == ("a warm smile", video.video_id)


def test_attempt_stores_the_hash_of_an_image_only(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    source_image = user.upload(picture)
    created = user.create_video(source_image=source_image, aspect_ratio="1:1").json()
    video = Video.get(user.owner, created["id"])

    step("queued", video)

    sent = json.loads(now(video).attempt_request or "")
    assert sent["body"]["image"].startswith("sha256:")


def test_repeated_step_submits_nothing(kling: KlingSimulator) -> None:
    video = create_video()

    assert [step("queued", video) for _ in range(3)] == ["processing"] * 3

    assert kling.create_calls[video.video_id] == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lose_reply"},
        {"kind": "garbage", "accept": True},
        {"kind": "http", "status": 502, "accept": True},
        {"kind": "http", "status": 504, "accept": True},
    ],
    ids=str,
)
def test_lost_response_is_looked_up_and_not_resent(fault: dict[str, Any], kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", external_id=video.video_id, **fault)

    assert step("queued", video) == "queued"
    assert run(video).status == "completed"

    assert kling.create_calls[video.video_id] == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "garbage", "accept": False},
        {"kind": "http", "status": 502, "accept": False},
        {"kind": "code", "code": 5000},
        {"kind": "code", "code": 5001},
        {"kind": "code", "code": 5002},
    ],
    ids=str,
)
def test_request_that_never_arrived_is_resent_with_the_same_id(fault: dict[str, Any], kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", external_id=video.video_id, **fault)

    assert run(video).status == "completed"

    assert kling.create_calls[video.video_id] == 2
    assert len(tasks_of(kling, video)) == 1


def test_not_found_counts_only_after_the_settling_time(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    _attempted(video, ago=timedelta(seconds=74), scale=1, monkeypatch=monkeypatch)

    assert [step("queued", video) for _ in range(5)] == ["queued"] * 5

    assert (kling.create_calls[video.video_id], now(video).lookups_missed) == (1, 0)


def test_lagging_index_causes_no_second_task(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    kling.configure(lookup_lag_seconds=3600)
    assert [step("queued", video) for _ in range(6)] == ["queued"] * 6

    kling.configure(lookup_lag_seconds=0)
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


def test_lookups_end_when_the_task_never_appears(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", times=100, external_id=video.video_id)

    for _ in range(30):
        step("queued", video)

    assert kling.create_calls[video.video_id] == 6
    _created(video, ago=timedelta(days=7))
    record = run(video)
    assert (record.status, record.error_code, usage(video)) == ("failed", "timed_out", 1)


@pytest.mark.parametrize("fault", [{"kind": "http_500"}, {"kind": "code", "code": 1101}], ids=str)
def test_unanswered_lookups_end_after_six_days(fault: dict[str, Any], kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    kling.fault(on="query", times=100, external_id=video.video_id, **fault)
    assert [step("queued", video) for _ in range(3)] == ["queued"] * 3

    _created(video, ago=timedelta(days=6, seconds=1))
    record = run(video)

    assert (record.status, record.error_code, usage(video)) == ("failed", "timed_out", 1)
    assert kling.create_calls[video.video_id] == 1


def test_request_is_not_resent_after_six_days(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    step("queued", video)
    _created(video, ago=timedelta(days=6, seconds=1))

    assert run(video).error_code == "timed_out"
    assert kling.create_calls[video.video_id] == 1


@pytest.mark.parametrize("code", [1102, 1201, 1301])
def test_refusal_after_an_unknown_outcome_is_final_once_no_task_is_found(code: int, kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    kling.fault(on="create", kind="code", code=code, external_id=video.video_id)

    record = run(video)

    expected = "prompt_rejected" if code == 1301 else "provider_error"
    assert (record.status, record.error_code, usage(video)) == ("failed", expected, 0)


def test_changed_image_does_not_hide_the_first_attempt(
    kling: KlingSimulator, user: ApiClient, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = user.create_video(source_image=user.upload(picture)).json()
    video = Video.get(user.owner, created["id"])
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    kling.fault(on="query", kind="vanish", times=3, external_id=video.video_id)
    step("queued", video)
    monkeypatch.setattr(uploads, "read", lambda **_: b"<html>")

    assert run(video).status == "completed"


def test_failing_an_unsent_video_and_an_attempt_exclude_each_other(kling: KlingSimulator) -> None:
    video = create_video()
    video_records.record_failure(now(video), Failure(code=ErrorCode.PROVIDER_ERROR, message="broke"))

    stale = video  # a worker that read the record before it failed
    with pytest.raises(LostRace):
        submit.submit(stale)

    assert video.video_id not in kling.create_calls


def test_first_refusal_that_may_mean_a_duplicate_is_looked_up(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
    submit = adapter.submit

    def submit_and_report_duplicate(sent: Submission) -> str:
        submit(sent)
        raise RefusedOrKnown("code 1201", failure=Failure(code=ErrorCode.PROVIDER_ERROR, message="refused"))

    with monkeypatch.context() as patched:
        patched.setattr(adapter, "submit", submit_and_report_duplicate)
        assert step("queued", video) == "queued"

    assert run(video).status == "completed"
    assert len(tasks_of(kling, video)) == 1


def test_task_found_at_the_last_moment_is_not_refunded(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    step("queued", video)
    stale = now(video)
    video.update(actions=[Video.provider_task_id.set("1")])

    with pytest.raises(StoreUnavailable):
        fail.fail(stale, cause=None)

    assert (run(video).status, usage(video)) == ("failed", 1)


def test_slow_worker_does_not_resend_a_submitted_video(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    stale = now(video)
    assert step("queued", video) == "processing"

    with pytest.raises(LostRace):
        submit._attempt(stale, number=2)

    assert kling.create_calls[video.video_id] == 1


def test_slow_worker_does_not_fail_a_video_being_submitted() -> None:
    video = create_video()
    _created(video, ago=timedelta(days=7))
    stale = now(video)
    video.update(actions=[Video.attempt_token.set("another worker's")])

    with pytest.raises(LostRace):
        submit.submit(stale)

    assert now(video).error_code is None


def test_video_with_an_attempt_is_not_failed_as_unsent(kling: KlingSimulator) -> None:
    video = create_video()
    stale = now(video)
    stale.update(actions=[Video.breaks.set(9)])
    step("queued", video)

    assert fail.fail(stale, cause="Lambda.Unknown").status == "delayed"

    assert now(video).error_code is None


def test_attempt_during_the_break_handling_keeps_the_video_open(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
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
    video = create_video()
    submit = adapter.submit

    def submit_after_a_delete(sent: Submission) -> str:
        Video(video.owner, video.video_id).update(actions=[Video.status.set("deleting")])
        return submit(sent)

    monkeypatch.setattr(adapter, "submit", submit_after_a_delete)

    assert step("queued", video) == "deleting"
    (task,) = tasks_of(kling, video)
    assert now(video).provider_task_id == task["id"]


def test_crash_after_the_attempt_record_is_recovered(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video()
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
    video = create_video()
    with monkeypatch.context() as patched:
        patched.setattr(submit, "_bind", _crash)
        with pytest.raises(RuntimeError):
            step("queued", video)
    assert now(video).provider_task_id is None

    assert run(video).status == "completed"

    assert kling.create_calls[video.video_id] == 1


def test_parallel_workers_submit_once(kling: KlingSimulator) -> None:
    video, barrier = create_video(), Barrier(8)

    def work(_: int) -> str:
        barrier.wait()
        return step("queued", video)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


@pytest.mark.parametrize("code", [1302, 1303])
def test_busy_provider_is_retried_later(code: int, kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=code, times=3, external_id=video.video_id)

    assert [step("queued", video) for _ in range(3)] == ["queued"] * 3
    assert facts(now(video), "attempt_token", "error_code") == (None, None)
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


def test_busy_after_an_unknown_outcome_continues_the_lookup(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    kling.fault(on="create", kind="code", code=1303, external_id=video.video_id)
    kling.configure(lookup_lag_seconds=3600)
    assert [step("queued", video) for _ in range(3)] == ["queued"] * 3
    assert (kling.create_calls[video.video_id], now(video).attempts) == (2, 1)

    kling.configure(lookup_lag_seconds=0)
    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


@pytest.mark.parametrize("code", [1301, 1102])
def test_refusal_of_the_second_attempt_is_not_final_for_the_first(code: int, kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    kling.fault(on="create", kind="code", code=code, external_id=video.video_id)
    kling.fault(on="query", kind="vanish", times=2, external_id=video.video_id)

    assert run(video).status == "completed"

    assert len(tasks_of(kling, video)) == 1


@pytest.mark.parametrize(
    ("code", "error_code"),
    [
        (1301, "prompt_rejected"),
        (1200, "provider_error"),
        (1201, "provider_error"),
        (1103, "model_unavailable"),
        (1203, "model_unavailable"),
        (1100, "provider_error"),
        (1101, "provider_error"),
        (1102, "provider_error"),
        (1304, "provider_error"),
        (1000, "provider_error"),
    ],
)
def test_refusal_fails_the_video_with_its_message_and_is_refunded(
    code: int, error_code: str, kling: KlingSimulator
) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=code, times=2, external_id=video.video_id)

    record = run(video)

    assert facts(record, "status", "error_code", "in_flight_shard") == ("failed", error_code, None)
    assert record.error_message
    assert str(code) not in record.error_message
    assert (usage(video), tasks_of(kling, video)) == (0, [])


def test_failure_is_refunded_once(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    run(video)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: step("failed", video), range(4))) == ["failed"] * 4

    assert usage(video) == 0


def test_crash_before_the_status_change_keeps_the_failure_reason(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    assert step("queued", video) == "failed"
    assert now(video).status == "queued"

    record = run(video)  # a new workflow, from its start

    assert (record.status, record.error_code) == ("failed", "prompt_rejected")
    assert kling.create_calls[video.video_id] == 1


def test_upload_replaced_by_a_non_image_fails_before_the_submit(
    kling: KlingSimulator, user: ApiClient, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = user.create_video(source_image=user.upload(picture)).json()
    video = Video.get(user.owner, created["id"])
    monkeypatch.setattr(uploads, "read", lambda **_: b"<html>")

    record = run(video)

    assert (record.status, record.error_code, usage(video)) == ("failed", "image_rejected", 0)
    assert video.video_id not in kling.create_calls


def test_provider_busy_for_five_minutes_is_left_to_the_sweeper(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="code", code=1303, external_id=video.video_id)
    _created(video, ago=timedelta(minutes=6))

    assert step("queued", video) == "delayed"
    assert run(video).status == "completed"


def test_uploaded_image_is_cropped_for_the_provider(kling: KlingSimulator, user: ApiClient, picture: bytes) -> None:
    created = user.create_video(source_image=user.upload(picture), aspect_ratio="1:1").json()
    video = Video.get(user.owner, created["id"])

    step("queued", video)

    (task,) = tasks_of(kling, video)
    cut = images.crop(picture, aspect_ratio="1:1", min_side=300)
    assert Image.open(BytesIO(cut)).size == (720, 720)
    assert task["body"]["image"]["sha256"] == sha256(cut).hexdigest()


def _crash(*_: object, **__: object) -> None:
    raise RuntimeError("killed")


def _created(video: Video, *, ago: timedelta) -> None:
    video.update(actions=[Video.created_at.set(datetime.now(UTC) - ago)])


def _attempted(video: Video, *, ago: timedelta, scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    video.update(actions=[Video.attempted_at.set(datetime.now(UTC) - ago)])
    monkeypatch.setattr("keepreel.workflow.deadlines.settings", lambda: _Scale(scale))


class _Scale:
    def __init__(self, scale: float) -> None:
        self.wait_scale = scale
