"""Deleting under every fault: hidden at once, and in the end no file and no record, whoever was at work on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from keepreel import aws, sweeper
from keepreel.db import video_records
from keepreel.db.tables import Share, Video
from keepreel.errors import NotCancelable, NotFound, StoreUnavailable
from keepreel.media import storage
from keepreel.providers.higgsfield import adapter as higgsfield_adapter
from keepreel.providers.kling import adapter
from keepreel.settings import settings
from keepreel.videos import cancel, delete, queries, sharing
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, now, quotas_used, run, step


@pytest.fixture
def video(kling: KlingSimulator) -> Video:
    return create_video()


def files(video: Video) -> int:
    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
    return int(found["KeyCount"])


def sweep_later(video: Video) -> None:
    """The sweeper, once it is time for this video."""
    now(video).update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    sweeper.sweep(seconds_left=30)


def assert_gone(video: Video) -> None:
    with pytest.raises(NotFound):
        now(video)
    assert files(video) == 0


@pytest.mark.parametrize("place", [(storage, "delete"), (sharing, "revoke")], ids=["files", "link"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_sweeper_finishes_what_was_cut_off(
    place: tuple[Any, str], moment: str, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = run(video)
    effect = getattr(*place)

    def killed(*args: Any, **kwargs: Any) -> Any:
        if moment == "after":
            effect(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*place, killed)
        with pytest.raises(KeyboardInterrupt):
            delete.delete(kept)
    with pytest.raises(NotFound):
        queries.get(owner=video.owner, video_id=video.video_id)

    sweep_later(video)

    assert_gone(video)


def test_a_sweeper_that_is_killed_midway_is_followed_by_another(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    delete.delete(run(video))

    def killed(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Video, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep_later(video)

    sweep_later(video)

    assert_gone(video)


def test_a_stale_sweeper_removes_no_record_that_is_not_being_deleted(video: Video) -> None:
    kept = run(video)

    delete.finish(kept)

    assert now(video).status == "completed"


def test_a_saver_that_comes_late_to_a_deleted_video_leaves_nothing(video: Video) -> None:
    delete.delete(run(video))
    storage.put_thumbnail(storage.video_key(video), b"late")

    sweep_later(video)

    assert_gone(video)


def test_a_link_goes_with_its_video(video: Video) -> None:
    kept = run(video)
    token = sharing.share(kept, days=None).url[-22:]

    delete.delete(now(video))

    with pytest.raises(NotFound):
        sharing.find_video(token)
    assert [it for it in Share.scan() if it.video_id == video.video_id] == []


def test_a_key_that_cannot_be_read_keeps_no_file(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = run(video)

    def no_key(_video: Video) -> None:
        raise StoreUnavailable("the signing key cannot be read")

    monkeypatch.setattr(sharing, "revoke", no_key)

    delete.delete(kept)

    assert (now(video).status, files(video)) == ("deleting", 0)


def test_what_the_provider_promised_to_be_free_is_given_back_also_when_it_is_deleted(video: Video) -> None:
    step("queued", video)
    now(video).update(actions=[Video.is_uncharged.set(True)])

    delete.delete(now(video))

    assert quotas_used(video) == (0, 0, 0)


def test_a_verdict_is_not_canceled_away(video: Video, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301, external_id=video.video_id)
    step("queued", video)

    with pytest.raises(NotCancelable):
        cancel.cancel(now(video))

    assert run(video, status="failed").error_code == "prompt_rejected"
    assert quotas_used(video) == (0, 0, 0)


def test_a_cancel_whose_reply_was_lost_is_seen_by_the_next(higgsfield: HiggsfieldSimulator) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image="https://example.com/a.jpg")
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    step("queued", video)
    higgsfield.fault(on="cancel", kind="lose_reply")
    with pytest.raises(StoreUnavailable):
        cancel.cancel(now(video))

    cancel.cancel(now(video))

    assert (now(video).status, quotas_used(video)) == ("canceled", (0, 0, 0))


def test_what_was_deleted_while_it_was_being_sent_is_let_go(
    higgsfield: HiggsfieldSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image="https://example.com/a.jpg")
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    submit = higgsfield_adapter.submit

    def deleted_meanwhile(submission: Any) -> str:
        task_id = submit(submission)
        delete.delete(now(video))
        return task_id

    monkeypatch.setattr(higgsfield_adapter, "submit", deleted_meanwhile)

    step("queued", video)

    (task,) = [task for task in higgsfield.tasks if task["external_id"] == video.video_id]
    assert task["status"] == "canceled"


def test_a_bucket_that_does_not_answer_delays_the_rest_alone(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = run(video)

    def no_answer(*_keys: str) -> None:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", no_answer)
        delete.delete(kept)
    assert (now(video).status, files(video)) == ("deleting", 2)

    sweep_later(video)

    assert_gone(video)


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["queued", "processing", "saving"])
def test_deleting_it_in_the_making_lets_no_file_survive(steps: int, video: Video) -> None:
    for name in ("queued", "processing")[:steps]:
        step(name, video)

    delete.delete(now(video))
    for name in ("queued", "processing", "saving", "failed"):
        step(name, video)
    assert (now(video).status, files(video)) == ("deleting", 0)
    sweep_later(video)

    assert_gone(video)


def test_a_saver_that_was_killed_with_its_file_in_place_leaves_nothing(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    step("queued", video)
    step("processing", video)
    finish = storage.Writer.finish

    def deleted_meanwhile(writer: storage.Writer) -> None:
        finish(writer)
        delete.delete(now(video))
        finish_again(video)
        raise KeyboardInterrupt

    def finish_again(video: Video) -> None:  # as the slower half of an upload would
        storage.put_thumbnail(storage.video_key(video), b"late")

    with monkeypatch.context() as patched:
        patched.setattr(storage.Writer, "finish", deleted_meanwhile)
        with pytest.raises(KeyboardInterrupt):
            step("saving", video)
    assert files(video) == 1

    sweep_later(video)

    assert_gone(video)


def test_the_record_stays_hidden_until_no_saver_can_be_running(video: Video) -> None:
    step("queued", video)

    delete.delete(now(video))
    sweeper.sweep(seconds_left=30)

    record = now(video)
    assert record.next_check_at is not None
    assert record.next_check_at - datetime.now(UTC) > timedelta(minutes=9)


@pytest.mark.parametrize(("steps", "taken"), [(0, (0, 0, 0)), (1, (1, 28, 0))], ids=["unsent", "sent"])
def test_only_what_was_never_sent_is_given_back(steps: int, taken: tuple[int, int, int], video: Video) -> None:
    for name in ("queued",)[:steps]:
        step(name, video)

    delete.delete(now(video))
    sweep_later(video)

    assert quotas_used(video) == taken


def test_an_unknown_outcome_that_is_deleted_stays_counted(video: Video, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)

    delete.delete(now(video))

    assert quotas_used(video) == (1, 28, 0)


def test_a_submit_that_was_faster_than_the_cancel_is_kept(
    video: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = now(video)
    step("queued", video)

    with pytest.raises(NotCancelable):
        cancel.cancel(stale)

    assert run(video, status="processing").status == "completed"
    assert quotas_used(video) == (1, 28, 0)


def test_a_cancel_that_was_faster_than_the_submit_sends_nothing(
    video: Video, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = adapter.prepare

    def canceled_meanwhile(job: Any) -> Any:
        cancel.cancel(now(video))
        return prepare(job)

    monkeypatch.setattr(adapter, "prepare", canceled_meanwhile)

    assert step("queued", video) == "canceled"

    assert (video.video_id in kling.create_calls, quotas_used(video)) == (False, (0, 0, 0))


def test_deleting_what_completes_at_that_moment_removes_it(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    close = video_records.close

    def completed_meanwhile(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(video_records, "close", close)
        run(video)
        close(*args, **kwargs)

    stale = now(video)
    monkeypatch.setattr(video_records, "close", completed_meanwhile)

    delete.delete(stale)

    assert (now(video).status, files(video)) == ("deleting", 0)
    assert quotas_used(video) == (1, 28, 0)
