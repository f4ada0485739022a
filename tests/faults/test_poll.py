"""Poll a provider: clear, unclear, late and missing responses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keepreel.db.tables import Video
from keepreel.dispatch import waiting
from keepreel.models import catalog
from keepreel.workflow import fail, poll, usual_times
from keepreel.workflow.step import run_step
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, facts, now, run, step, usage


@pytest.fixture
def submitted(kling: KlingSimulator) -> Video:
    """A submitted video that the provider finishes in an hour."""
    kling.configure(finish_seconds=3600)
    video = create_video()
    step("queued", video)
    return video


def age(video: Video, ago: timedelta) -> None:
    at = datetime.now(UTC) - ago
    video.update(actions=[Video.created_at.set(at), Video.submitted_at.set(at)])


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http_500"},
        {"kind": "garbage"},
        {"kind": "drop"},
        {"kind": "vanish"},
        {"kind": "code", "code": 1302},
        {"kind": "code", "code": 5002},
        {"kind": "code", "code": 1102},
        {"kind": "code", "code": 1000},
        {"kind": "unknown_status", "word": "reviewing"},
    ],
    ids=str,
)
def test_unclear_response_is_polled_again(fault: dict[str, Any], submitted: Video, kling: KlingSimulator) -> None:
    kling.fault(on="query", times=4, external_id=submitted.video_id, **fault)

    kling.configure(finish_seconds=0)

    assert [step("processing", submitted) for _ in range(2)] == ["processing"] * 2
    assert run(submitted, status="processing").status == "completed"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Failure to pass the risk control system", "output_rejected"),
        ("Internal generation error", "provider_error"),
        ("", "provider_error"),
    ],
)
def test_failure_at_the_provider_fails_the_video_and_stays_counted(
    message: str, code: str, kling: KlingSimulator
) -> None:
    video = create_video()
    kling.fault(on="create", kind="task_fails", message=message, external_id=video.video_id)

    record = run(video)

    assert (record.status, record.error_code, usage(video)) == ("failed", code, 1)
    assert record.error_message
    assert not message or message not in record.error_message
    assert facts(record, "in_flight_shard", "next_check_at") == (None, None)


def test_video_is_delayed_after_five_minutes_and_the_workflow_ends(submitted: Video, kling: KlingSimulator) -> None:
    assert step("processing", submitted) == "processing"

    age(submitted, timedelta(minutes=5, seconds=1))
    assert step("processing", submitted) == "delayed"

    record = now(submitted)
    assert facts(record, "status", "error_code") == ("delayed", None)
    assert record.next_check_at is not None


def test_delayed_video_is_completed_by_the_next_workflow(submitted: Video, kling: KlingSimulator) -> None:
    age(submitted, timedelta(minutes=20))
    assert run(submitted).status == "delayed"

    kling.configure(finish_seconds=0)

    assert run(submitted).status == "completed"
    assert kling.create_calls[submitted.video_id] == 1


def test_late_failure_fails_the_delayed_video(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="task_fails", external_id=video.video_id)
    step("queued", video)
    age(video, timedelta(minutes=20))

    record = run(video, status="processing")

    assert (record.status, record.error_code) == ("failed", "output_rejected")


def test_unfinished_task_fails_after_six_days(submitted: Video, kling: KlingSimulator) -> None:
    age(submitted, timedelta(days=6, seconds=1))

    record = run(submitted)

    assert (record.status, record.error_code, usage(submitted)) == ("failed", "timed_out", 1)


@pytest.mark.parametrize("fault", [{"kind": "http_500"}, {"kind": "code", "code": 1000}], ids=str)
def test_unreachable_provider_does_not_fail_the_video_after_six_days(
    fault: dict[str, Any], submitted: Video, kling: KlingSimulator
) -> None:
    kling.fault(on="query", times=4, external_id=submitted.video_id, **fault)
    age(submitted, timedelta(days=6, seconds=1))
    assert step("processing", submitted) == "delayed"

    kling.clear_faults()
    kling.configure(finish_seconds=0)

    assert run(submitted).status == "completed"


def test_video_fails_after_25_days_without_a_response(submitted: Video, kling: KlingSimulator) -> None:
    kling.fault(on="query", kind="http_500", times=2, external_id=submitted.video_id)
    age(submitted, timedelta(days=25, seconds=1))

    record = run(submitted)

    assert (record.status, record.error_code, usage(submitted)) == ("failed", "timed_out", 1)


def test_six_days_start_at_the_submit(submitted: Video) -> None:
    submitted.update(actions=[Video.created_at.set(datetime.now(UTC) - timedelta(days=7))])

    assert step("processing", submitted) == "processing"


def test_save_that_fails_late_is_retried(submitted: Video, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=0)
    assert step("processing", submitted) == "saving"
    age(submitted, timedelta(days=7))
    assert _broken(submitted)["status"] == "delayed"

    assert run(submitted).status == "completed"


def test_video_is_polled_at_its_provider_regardless_of_the_catalog(
    submitted: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    kling.configure(finish_seconds=0)
    changed = {id: replace(model, endpoints="tasks") for id, model in catalog.models().items()}
    monkeypatch.setattr(catalog, "models", lambda: changed)

    assert run(submitted, status="processing").status == "completed"


def test_broken_step_leaves_a_submitted_video_to_the_sweeper(submitted: Video) -> None:
    result = _broken(submitted)

    assert result["status"] == "delayed"
    assert facts(now(submitted), "status", "error_code") == ("delayed", None)


def test_step_that_breaks_five_times_before_the_submit_fails_the_video() -> None:
    video = create_video()
    video.update(actions=[Video.restarts.set(20)])  # because the provider was busy

    results = [_broken(video)["status"] for _ in range(5)]

    assert results == ["delayed"] * 4 + ["failed"]
    assert (now(video).error_code, usage(video)) == ("provider_error", 0)


@pytest.mark.parametrize("name", ["queued", "processing", "saving", "failed"])
def test_missing_video_ends_the_workflow(name: str) -> None:
    video = create_video()
    video.delete()

    assert step(name, video) == "deleting"


def _broken(video: Video) -> dict[str, Any]:
    event = {"owner": video.owner, "video_id": video.video_id}
    return run_step(event, lambda record: fail.fail(record, cause="KeyError"))


@pytest.mark.parametrize(("is_someone_waiting", "wait"), [(True, 3), (False, 11)])
def test_polls_are_frequent_while_another_video_waits_for_the_slot(
    is_someone_waiting: bool,  # noqa: FBT001
    wait: int,
    kling: KlingSimulator,
    limit: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit(WAIT_SCALE=1)
    monkeypatch.setattr(usual_times, "_entries", lambda _model: [(90, False)] * 5)
    monkeypatch.setattr(waiting, "is_someone_waiting", lambda queue: is_someone_waiting and queue == "kling#other")
    kling.configure(finish_seconds=1000)
    video = create_video()
    assert step("queued", video) == "processing"
    past_usual = datetime.now(UTC) - timedelta(seconds=100)
    video.update(actions=[Video.submitted_at.set(past_usual), Video.slot_queue.set("kling#other")])

    event = {"owner": video.owner, "video_id": video.video_id}
    assert run_step(event, poll.poll)["wait_seconds"] == wait


def test_queue_that_cannot_be_read_does_not_delay_a_poll(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_queue: str) -> bool:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "Query")

    monkeypatch.setattr(waiting, "is_someone_waiting", refuse)
    kling.configure(finish_seconds=1000)
    video = create_video()
    assert step("queued", video) == "processing"
    video.update(actions=[Video.slot_queue.set("kling#other")])

    assert step("processing", video) == "processing"
