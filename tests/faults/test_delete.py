"""Delete under every fault: the video is hidden at once, and in the end no file and no record remain."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from keepreel import aws, sweeper
from keepreel.db import video_records
from keepreel.db.tables import Share, Video
from keepreel.errors import NotFound, StoreUnavailable
from keepreel.media import storage
from keepreel.settings import settings
from keepreel.videos import delete, queries, sharing
from local.simulators.kling.simulator import KlingSimulator
from tests.workflow_driver import create_video, now, quotas_used, run, step


@pytest.fixture
def video(kling: KlingSimulator) -> Video:
    return create_video()


def files(video: Video) -> int:
    found = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
    return int(found["KeyCount"])


def sweep_later(video: Video) -> None:
    """Run the sweeper when this video is due."""
    now(video).update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    sweeper.sweep(seconds_left=30)


def assert_gone(video: Video) -> None:
    with pytest.raises(NotFound):
        now(video)
    assert files(video) == 0


@pytest.mark.parametrize("place", [(storage, "delete"), (sharing, "revoke")], ids=["files", "link"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_sweeper_completes_an_interrupted_delete(
    place: tuple[Any, str], moment: str, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed = run(video)
    effect = getattr(*place)

    def killed(*args: Any, **kwargs: Any) -> Any:
        if moment == "after":
            effect(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*place, killed)
        with pytest.raises(KeyboardInterrupt):
            delete.delete(completed)
    with pytest.raises(NotFound):
        queries.get(owner=video.owner, video_id=video.video_id)

    sweep_later(video)

    assert_gone(video)


def test_next_sweep_completes_after_a_killed_sweep(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    delete.delete(run(video))

    def killed(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Video, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep_later(video)

    sweep_later(video)

    assert_gone(video)


def test_sweeper_with_stale_data_removes_only_records_in_deletion(video: Video) -> None:
    completed = run(video)

    delete.finish(completed)

    assert now(video).status == "completed"


def test_late_save_of_a_deleted_video_leaves_no_file(video: Video) -> None:
    delete.delete(run(video))
    storage.put_thumbnail(storage.video_key(video), b"late")

    sweep_later(video)

    assert_gone(video)


def test_share_link_is_removed_with_its_video(video: Video) -> None:
    completed = run(video)
    token = sharing.share(completed, days=None).url[-22:]

    delete.delete(now(video))

    with pytest.raises(NotFound):
        sharing.find_video(token)
    assert [it for it in Share.scan() if it.video_id == video.video_id] == []


def test_files_are_deleted_even_if_the_signing_key_is_unreadable(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    completed = run(video)

    def no_key(_video: Video) -> None:
        raise StoreUnavailable("the signing key cannot be read")

    monkeypatch.setattr(sharing, "revoke", no_key)

    delete.delete(completed)

    assert (now(video).status, files(video)) == ("deleting", 0)


def test_uncharged_failure_is_refunded_even_if_deleted(video: Video) -> None:
    step("queued", video)
    now(video).update(actions=[Video.is_uncharged.set(True)])

    delete.delete(now(video))

    assert quotas_used(video) == (0, 0, 0)


def test_unavailable_bucket_delays_only_the_cleanup(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    completed = run(video)

    def unavailable(*_keys: str) -> None:
        raise ConnectTimeoutError(endpoint_url="http://127.0.0.1")

    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", unavailable)
        delete.delete(completed)
    assert (now(video).status, files(video)) == ("deleting", 3)

    sweep_later(video)

    assert_gone(video)


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["queued", "processing", "saving"])
def test_delete_during_generation_leaves_no_file(steps: int, video: Video) -> None:
    for name in ("queued", "processing")[:steps]:
        step(name, video)

    delete.delete(now(video))
    for name in ("queued", "processing", "saving", "failed"):
        step(name, video)
    assert (now(video).status, files(video)) == ("deleting", 0)
    sweep_later(video)

    assert_gone(video)


def test_save_killed_after_the_upload_leaves_no_file(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    step("queued", video)
    step("processing", video)
    put = storage.put_video

    def put_then_delete(key: str, path: Path, **options: Any) -> None:
        put(key, path, **options)
        delete.delete(now(video))
        finish_again(video)
        raise KeyboardInterrupt

    def finish_again(video: Video) -> None:  # as a slower parallel upload does
        storage.put_thumbnail(storage.video_key(video), b"late")

    with monkeypatch.context() as patched:
        patched.setattr(storage, "put_video", put_then_delete)
        with pytest.raises(KeyboardInterrupt):
            step("saving", video)
    assert files(video) == 1

    sweep_later(video)

    assert_gone(video)


def test_record_stays_hidden_until_no_save_can_be_running(video: Video) -> None:
    step("queued", video)

    delete.delete(now(video))
    sweeper.sweep(seconds_left=30)

    record = now(video)
    assert record.next_check_at is not None
    assert record.next_check_at - datetime.now(UTC) > timedelta(minutes=9)


@pytest.mark.parametrize(("steps", "taken"), [(0, (0, 0, 0)), (1, (1, 21, 0))], ids=["unsent", "sent"])
def test_only_unsent_videos_are_refunded(steps: int, taken: tuple[int, int, int], video: Video) -> None:
    for name in ("queued",)[:steps]:
        step(name, video)

    delete.delete(now(video))
    sweep_later(video)

    assert quotas_used(video) == taken


def test_deleted_video_with_unknown_outcome_stays_counted(video: Video, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="lose_reply", external_id=video.video_id)
    step("queued", video)

    delete.delete(now(video))

    assert quotas_used(video) == (1, 21, 0)


def test_delete_during_completion_removes_the_video(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    close = video_records.close

    def close_after_completion(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(video_records, "close", close)
        run(video)
        close(*args, **kwargs)

    stale = now(video)
    monkeypatch.setattr(video_records, "close", close_after_completion)

    delete.delete(stale)

    assert (now(video).status, files(video)) == ("deleting", 0)
    assert quotas_used(video) == (1, 21, 0)
