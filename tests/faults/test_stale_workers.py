"""Workers whose record another worker has changed since they read it: what was written first stays."""

from datetime import timedelta

import pytest
from pynamodb.exceptions import UpdateError

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import LostRace
from keepreel.providers.base import TaskState
from keepreel.workflow import attempts, poll
from tests.faults.tasks import backdate
from tests.workflow_driver import create_video, now, step


def test_task_of_a_deleted_video_is_bound_once(monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video()

    def lose_to_a_delete(_video: Video, **_: object) -> None:
        Video(video.owner, video.video_id).update(
            actions=[Video.status.set("deleting"), Video.provider_task_id.set("bound first")]
        )
        raise LostRace("deleted")

    monkeypatch.setattr(video_records, "transition", lose_to_a_delete)
    with pytest.raises(UpdateError):
        attempts.bind_task(video, "bound later")

    assert now(video).provider_task_id == "bound first"


@pytest.mark.parametrize("other", [Status.SAVING, Status.DELAYED])
def test_timed_out_job_is_not_failed_after_another_worker_has_moved_it(
    other: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
    step("queued", video)
    backdate(video, ago=timedelta(days=7))
    video.update(actions=[Video.submitted_at.set(now(video).created_at)])

    def no_response(_video: Video) -> TaskState | None:
        video_records.transition(now(video), to=other)  # as another worker does, which got the result
        return None

    monkeypatch.setattr(poll, "_task_state", no_response)
    monkeypatch.setattr("keepreel.workflow.deadlines.is_file_expiring", lambda _video: True)
    with pytest.raises(LostRace):
        poll.poll(now(video))

    record = now(video)
    assert record.status == other
    assert record.error_code is None
