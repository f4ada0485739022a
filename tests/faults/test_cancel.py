"""Cancel that races against a submit or a final status, and cancel at the provider."""

from typing import Any

import pytest

from keepreel.db.tables import Video
from keepreel.errors import NotCancelable, StoreUnavailable
from keepreel.providers.higgsfield import adapter as higgsfield_adapter
from keepreel.providers.kling import adapter
from keepreel.videos import cancel, delete
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, now, quotas_used, run, step


@pytest.fixture
def video(kling: KlingSimulator) -> Video:
    return create_video()


def test_cancel_does_not_overwrite_a_final_status(video: Video, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    step("queued", video)

    with pytest.raises(NotCancelable):
        cancel.cancel(now(video))

    assert run(video, status="failed").error_code == "prompt_rejected"
    assert quotas_used(video) == (0, 0, 0)


def test_cancel_with_a_lost_response_is_detected_by_the_next(higgsfield: HiggsfieldSimulator) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image="https://example.com/a.jpg")
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    step("queued", video)
    higgsfield.fault(on="cancel", kind="lose_reply")
    with pytest.raises(StoreUnavailable):
        cancel.cancel(now(video))

    cancel.cancel(now(video))

    assert (now(video).status, quotas_used(video)) == ("canceled", (0, 0, 0))


def test_video_deleted_during_submit_is_canceled_at_the_provider(
    higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image="https://example.com/a.jpg")
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    submit = higgsfield_adapter.submit

    def submit_then_delete(submission: Any) -> str:
        task_id = submit(submission)
        delete.delete(now(video))
        return task_id

    monkeypatch.setattr(higgsfield_adapter, "submit", submit_then_delete)

    step("queued", video)

    (task,) = [task for task in higgsfield.tasks if task["external_id"] == video.video_id]
    assert task["status"] == "canceled"
    assert quotas_used(video) == (0, 0, 0)


def test_submit_that_wins_against_a_cancel_is_kept(
    video: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = now(video)
    step("queued", video)

    with pytest.raises(NotCancelable):
        cancel.cancel(stale)

    assert run(video, status="processing").status == "completed"
    assert quotas_used(video) == (1, 21, 0)


def test_cancel_that_wins_against_a_submit_sends_nothing(
    video: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = adapter.prepare

    def prepare_after_a_cancel(job: Any) -> Any:
        cancel.cancel(now(video))
        return prepare(job)

    monkeypatch.setattr(adapter, "prepare", prepare_after_a_cancel)

    assert step("queued", video) == "canceled"

    assert (video.video_id in kling.create_calls, quotas_used(video)) == (False, (0, 0, 0))
