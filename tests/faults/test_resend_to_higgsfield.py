"""Resend to Higgsfield, which recognizes a repeated request by our idempotency key only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import LostRace, Unreachable
from keepreel.providers.base import Job
from keepreel.providers.higgsfield import adapter
from keepreel.workflow import submit
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.faults.tasks import tasks_of
from tests.workflow_driver import create_video, facts, now, quotas_used, run, step

FOREIGN = "https://example.com/portrait.jpg"


@pytest.fixture
def video(higgsfield: HiggsfieldSimulator) -> Video:
    return create_video(model="higgsfield-dop-lite", source_image=FOREIGN)


def backdate_attempt(video: Video, *, ago: timedelta) -> None:
    """Move the attempt into the past."""
    at = datetime.now(UTC) - ago
    video.update(
        actions=[Video.attempted_at.set(at), Video.first_attempted_at.set(at)],
        condition=Video.attempt_token.exists(),
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lose_reply"},
        {"kind": "garbage", "accept": True},
        {"kind": "http", "status": 502, "accept": True},
        {"kind": "drop"},
        {"kind": "http", "status": 504, "accept": False},
        {"kind": "code", "status": 500},
    ],
    ids=str,
)
def test_lost_response_is_replayed_with_the_same_key(
    fault: dict[str, Any], video: Video, higgsfield: HiggsfieldSimulator
) -> None:
    higgsfield.fault(on="create", external_id=video.video_id, **fault)

    assert step("queued", video) == "queued"
    assert run(video).status == "completed"

    assert higgsfield.create_calls[video.video_id] == 2
    assert len(tasks_of(higgsfield, video)) == 1
    assert quotas_used(video) == (1, 13, 0)


def test_resend_waits_until_the_first_request_must_have_ended(
    video: Video, higgsfield: HiggsfieldSimulator, limit: Any
) -> None:
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    limit(WAIT_SCALE=1)
    backdate_attempt(video, ago=timedelta(seconds=40))

    assert [step("queued", video) for _ in range(3)] == ["queued"] * 3
    assert higgsfield.create_calls[video.video_id] == 1

    backdate_attempt(video, ago=timedelta(seconds=50))
    assert step("queued", video) == "processing"


def test_nothing_is_resent_after_the_key_may_have_expired(video: Video, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    backdate_attempt(video, ago=timedelta(hours=25))

    record = run(video)

    assert facts(record, "status", "error_code") == ("failed", "timed_out")
    assert quotas_used(video) == (1, 13, 0)  # it may have been charged
    assert higgsfield.create_calls[video.video_id] == 1


def test_prompt_that_looks_like_a_hash_is_resent_unchanged(higgsfield: HiggsfieldSimulator) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image=FOREIGN, prompt="sha256:" + "0" * 64)
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)

    assert run(video).status == "completed"


def test_parallel_workers_resend_one_at_a_time(
    video: Video, higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    higgsfield.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    find = adapter.find
    outcomes: list[str] = []

    def find_while_another_worker_resends(job: Job) -> str | None:
        monkeypatch.setattr(adapter, "find", find)
        with pytest.raises(LostRace):
            submit.submit(stale)
        outcomes.append("refused")
        return find(job)

    stale = now(video)
    monkeypatch.setattr(adapter, "find", find_while_another_worker_resends)

    assert step("queued", video) == "processing"

    assert (outcomes, higgsfield.create_calls[video.video_id]) == (["refused"], 2)


def test_refusal_of_a_resend_is_final_only_if_it_lasts_and_stays_counted(
    video: Video, higgsfield: HiggsfieldSimulator, limit: Any
) -> None:
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    higgsfield.fault(on="create", kind="code", status=404, times=9, external_id=video.video_id)
    limit(WAIT_SCALE=1)
    backdate_attempt(video, ago=timedelta(hours=3))  # for example an outage

    assert step("queued", video) == "delayed"

    backdate_attempt(video, ago=timedelta(hours=4))
    now(video).update(actions=[Video.first_refused_at.set(datetime.now(UTC) - timedelta(minutes=61))])
    record = run(video)
    assert facts(record, "status", "error_code") == ("failed", "model_unavailable")
    assert "charged" not in (record.error_message or "")
    assert quotas_used(video) == (1, 13, 0)


def test_temporary_refusal_does_not_lose_an_accepted_task(
    video: Video, higgsfield: HiggsfieldSimulator, limit: Any
) -> None:
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    limit(WAIT_SCALE=1)
    for _ in range(3):
        higgsfield.fault(on="create", kind="code", status=404, external_id=video.video_id)
        backdate_attempt(video, ago=timedelta(minutes=4))
        assert step("queued", video) == "queued"

    backdate_attempt(video, ago=timedelta(minutes=5))
    assert run(video).status == "completed"

    assert len(tasks_of(higgsfield, video)) == 1


def test_failure_does_not_overwrite_a_task_found_by_another_worker(
    video: Video, higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    video.update(actions=[Video.created_at.set(datetime.now(UTC) - timedelta(days=7))])
    find = adapter.find

    def find_after_another_worker_found_it(job: Job) -> str | None:
        monkeypatch.setattr(adapter, "find", find)
        assert step("queued", video) == "processing"
        raise Unreachable("no response")

    monkeypatch.setattr(adapter, "find", find_after_another_worker_found_it)

    step("queued", video)

    assert facts(now(video), "status", "error_code") == ("processing", None)


def test_no_credits_at_the_resend_loses_no_task(video: Video, higgsfield: HiggsfieldSimulator) -> None:
    """The first request may have used the last credits."""
    higgsfield.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)
    higgsfield.fault(on="create", kind="code", status=403, times=5, external_id=video.video_id)

    assert [step("queued", video) for _ in range(5)] == ["queued"] * 5
    assert run(video).status == "completed"

    assert len(tasks_of(higgsfield, video)) == 1
