"""After a link is revoked, a video's files move to new keys: nobody who has seen the page can fetch them again."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from keepreel import aws
from keepreel.db import jobs, transactions, video_records
from keepreel.db.tables import Video
from keepreel.media import storage
from keepreel.people import worker
from keepreel.settings import settings
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient


@pytest.fixture
def video(user: ApiClient) -> dict[str, Any]:
    return factories.finished_video(user)


@pytest.fixture
def worker_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The call of the worker is lost, so the test runs the job."""
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "call_worker", lambda _kind, _subject: None)
        yield


def shown(user: ApiClient, video: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = user.send("GET", video["links"]["self"]).json()
    return found


def share_and_revoke(user: ApiClient, video: dict[str, Any]) -> None:
    assert user.send("POST", video["links"]["share"]).status_code == 201
    assert user.send("DELETE", video["links"]["share"]).status_code == 204


def files(video: dict[str, Any]) -> set[str]:
    return set(storage.list_keys(storage.folder(video["id"])))


def versions(video: dict[str, Any]) -> set[str]:
    found = aws.s3().list_object_versions(Bucket=settings().media_bucket, Prefix=storage.folder(video["id"]))
    return {it["Key"] for it in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))}


def is_gone(url: str) -> bool:
    """The CDN may not list the bucket, so it gets 403 for a file that does not exist."""
    return requests.get(url, timeout=60).status_code == 403


def stored(video: dict[str, Any]) -> list[jobs.Job]:
    return list(jobs.Job.query(jobs.NEW_KEYS, jobs.Job.subject.startswith(video["id"]), consistent_read=True))


def run(video: dict[str, Any]) -> None:
    """Run the jobs that are stored now, also those that another worker has taken and not ended."""
    for job in stored(video):
        people.age(job.kind, job.subject)
        worker.run(job.kind, job.subject, seconds_left=60)


def test_files_of_a_revoked_link_move_and_stay_equal(user: ApiClient, video: dict[str, Any], stack: Stack) -> None:
    content, names = requests.get(video["video_url"], timeout=60).content, {it.rsplit("/", 1)[1] for it in files(video)}

    share_and_revoke(user, video)
    stack.wait_until_idle()

    now = shown(user, video)
    assert now["video_url"] != video["video_url"]
    assert is_gone(video["video_url"])
    assert is_gone(video["thumbnail_url"])
    moved = requests.get(now["video_url"], timeout=60)
    assert (moved.content, moved.headers["Content-Type"]) == (content, "video/mp4")
    assert requests.get(now["thumbnail_url"], timeout=60).status_code == 200
    assert now["sha256"] == video["sha256"]
    record = video_records.get(owner=video["owner"], video_id=video["id"])
    assert files(video) == versions(video) == {it for it in storage.keys(record) if it.rsplit("/", 1)[1] in names}
    assert stored(video) == []


def test_a_video_without_a_link_keeps_its_urls(user: ApiClient, video: dict[str, Any], stack: Stack) -> None:
    assert user.send("DELETE", video["links"]["share"]).status_code == 204
    stack.wait_until_idle()

    assert shown(user, video)["video_url"] == video["video_url"]


@pytest.mark.parametrize("step", ["copy", "switch", "remove"])
@pytest.mark.usefixtures("worker_waits")
def test_a_run_that_is_killed_at_a_step_loses_no_file_and_is_repeated(
    step: str, user: ApiClient, video: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    share_and_revoke(user, video)

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    places: dict[str, tuple[Any, str]] = {
        "copy": (storage, "copy"),
        "switch": (Video, "update"),
        "remove": (storage, "purge_folder"),
    }
    with monkeypatch.context() as patched:
        patched.setattr(*places[step], killed)
        with pytest.raises(Killed):
            run(video)
    assert requests.get(shown(user, video)["video_url"], timeout=60).status_code == 200

    run(video)

    assert is_gone(video["video_url"])
    assert requests.get(shown(user, video)["video_url"], timeout=60).status_code == 200
    assert len({it.split("/")[2] for it in versions(video)}) == 1


@pytest.mark.usefixtures("worker_waits")
def test_the_sweeper_runs_a_job_whose_call_was_lost(user: ApiClient, video: dict[str, Any]) -> None:
    share_and_revoke(user, video)

    (job,) = stored(video)

    assert (job.next_check_at - job.created_at).total_seconds() == 60


@pytest.mark.usefixtures("worker_waits")
def test_a_second_link_that_is_revoked_before_the_move_ends_leaves_one_set_of_files(
    user: ApiClient, video: dict[str, Any]
) -> None:
    share_and_revoke(user, video)
    share_and_revoke(user, video)

    run(video)

    assert is_gone(video["video_url"])
    assert len({it.split("/")[2] for it in files(video)}) == 1


@pytest.mark.usefixtures("worker_waits")
def test_a_video_that_is_deleted_before_the_move_leaves_no_file(user: ApiClient, video: dict[str, Any]) -> None:
    share_and_revoke(user, video)
    assert user.send("DELETE", video["links"]["self"]).status_code == 204

    run(video)

    assert files(video) == set()
    assert stored(video) == []


@pytest.mark.usefixtures("worker_waits")
def test_a_video_that_is_deleted_during_the_move_leaves_no_copy(
    user: ApiClient, video: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    share_and_revoke(user, video)
    copy = storage.copy

    def copied_and_deleted(source: str, key: str) -> None:
        copy(source, key)
        if key.endswith("video.mp4"):
            assert user.send("DELETE", video["links"]["self"]).status_code == 204

    with monkeypatch.context() as patched:
        patched.setattr(storage, "copy", copied_and_deleted)
        run(video)

    assert files(video) == set()


@pytest.mark.usefixtures("worker_waits")
def test_files_that_moved_while_a_link_is_revoked_move_again(
    user: ApiClient, video: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first job ends between the read and the write of the second revoke."""
    share_and_revoke(user, video)
    assert user.send("POST", video["links"]["share"]).status_code == 201
    write, moves = transactions.write, iter([run])

    def write_after_the_move(add_items: Any) -> None:
        next(moves, lambda _video: None)(video)
        write(add_items)

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", write_after_the_move)
        assert user.send("DELETE", video["links"]["share"]).status_code == 204
    between = shown(user, video)["video_url"]

    run(video)

    assert between != video["video_url"]
    assert is_gone(between)
