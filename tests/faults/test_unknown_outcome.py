"""Submit whose outcome is unknown: lookups and resends, and one paid task per video."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import ErrorCode, Failure, RefusedOrKnown
from keepreel.media import uploads
from keepreel.providers.base import Submission
from keepreel.providers.kling import adapter
from local.simulators.kling.simulator import KlingSimulator
from tests.api_client import ApiClient
from tests.faults.tasks import backdate, tasks_of
from tests.workflow_driver import create_video, now, run, step, usage


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
    backdate(video, ago=timedelta(days=7))
    record = run(video)
    assert (record.status, record.error_code, usage(video)) == ("failed", "timed_out", 1)


@pytest.mark.parametrize("fault", [{"kind": "http_500"}, {"kind": "code", "code": 1101}], ids=str)
def test_unanswered_lookups_end_after_six_days(fault: dict[str, Any], kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    kling.fault(on="query", times=100, external_id=video.video_id, **fault)
    assert [step("queued", video) for _ in range(3)] == ["queued"] * 3

    backdate(video, ago=timedelta(days=6, seconds=1))
    record = run(video)

    assert (record.status, record.error_code, usage(video)) == ("failed", "timed_out", 1)
    assert kling.create_calls[video.video_id] == 1


def test_request_is_not_resent_after_six_days(kling: KlingSimulator) -> None:
    video = create_video()
    kling.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    step("queued", video)
    backdate(video, ago=timedelta(days=6, seconds=1))

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


def _attempted(video: Video, *, ago: timedelta, scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    video.update(actions=[Video.attempted_at.set(datetime.now(UTC) - ago)])
    monkeypatch.setattr("keepreel.workflow.deadlines.settings", lambda: _Scale(scale))


class _Scale:
    def __init__(self, scale: float) -> None:
        self.wait_scale = scale
