"""People's data when calls come twice, jobs meet each other, or a record cannot be removed as usual."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepreel import communities
from keepreel.db import due_videos, jobs, slim
from keepreel.db.request_items import InFlightUsage, ResultToken, VideoCounts
from keepreel.db.status import Status
from keepreel.db.tables import Community, Video
from keepreel.errors import NotFound
from keepreel.media import storage
from keepreel.people import export, export_contents, owned_videos, upload_uses, worker
from keepreel.videos import delete
from tests import factories, people

pytestmark = pytest.mark.usefixtures("stack", "empty_tables")


@pytest.fixture
def owner() -> str:
    return f"user#{uuid4()}"


def test_repeated_deletion_of_a_community_spares_the_next_owner_of_its_id(owner: str) -> None:
    community_id = put_community(owner).community_id
    jobs.put(jobs.COMMUNITY, community_id)  # the former record was removed, but the reply was lost
    people.age(jobs.COMMUNITY, community_id)
    factories.put(f"community#{community_id}", 1)

    for _ in range(2):
        worker.run(jobs.COMMUNITY, community_id, seconds_left=60)

    assert Community.get(community_id).owner_id == owner
    statuses = [video.status for video in Video.query(f"community#{community_id}")]
    assert (len(statuses), Status.DELETING in statuses) == (1, False)
    assert jobs.find(jobs.COMMUNITY, community_id) is None


def test_second_call_while_a_job_runs_or_waits_does_nothing(owner: str) -> None:
    sub = owner[5:]
    jobs.put(jobs.EXPORT, sub)

    assert jobs.take(jobs.EXPORT, sub) is not None
    assert jobs.take(jobs.EXPORT, sub) is None
    people.make_due(jobs.EXPORT, sub)
    job = jobs.take(jobs.EXPORT, sub)
    assert job is not None
    jobs.save(job, after=timedelta(hours=1))
    assert jobs.take(jobs.EXPORT, sub) is None


def test_job_that_is_started_anew_during_a_run_stays(owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, name = f"{owner[5:]}/{(id := uuid4().hex)}", f"upload:{id}"
    factories.record(owner, source_image=name).save()
    storage.put_thumbnail(f"uploads/user/{subject}", b"picture")
    jobs.put(jobs.UPLOAD, subject)
    read = upload_uses.of_user

    def read_before_the_last_video_goes(owner: str) -> set[str]:
        names = read(owner)
        jobs.put(jobs.UPLOAD, subject)  # as `delete.finish` of that video does
        return names

    monkeypatch.setattr(upload_uses, "of_user", read_before_the_last_video_goes)
    worker.run(jobs.UPLOAD, subject, seconds_left=60)

    assert jobs.find(jobs.UPLOAD, subject) is not None


def test_export_that_runs_when_an_erasure_begins_stops_after_its_part(
    owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub = owner[5:]
    factories.put(owner, 1)
    jobs.put(jobs.EXPORT, sub)
    people.start_erasure(owner)
    describe = export_contents.video

    def erase_meanwhile(*args: Any) -> Any:
        worker.run(jobs.ERASURE, sub, seconds_left=60)
        return describe(*args)

    monkeypatch.setattr(export_contents, "video", erase_meanwhile)
    worker.run(jobs.EXPORT, sub, seconds_left=60)

    assert jobs.find(jobs.EXPORT, sub) is None
    assert [key for key in storage.list_keys(export.folder(owner)) if "manifest" in key] == []


def test_task_token_and_counts_go_with_their_video(owner: str) -> None:
    video = factories.record(owner, status="deleting")
    video.save()
    put_counts(video.video_id)

    delete.finish(video)

    assert video.video_id not in people.everything_stored()


@pytest.mark.parametrize("broken", ["unreadable", "set aside"])
def test_record_that_cannot_be_processed_goes_with_its_counts_and_its_place_in_flight(owner: str, broken: str) -> None:
    if broken == "unreadable":
        video = factories.record(owner, status="queued")
        video.save()
        people.poison(owner, video.video_id)
    else:  # what an option of a newer version may do to the sweeper's part
        options = {"shots": [{"unknown": 1}]}
        video = factories.record(owner, status="deleting", options=options, failed_sweeps=due_videos.TRIES)
        video.save()
    put_counts(video.video_id)
    in_flight = InFlightUsage(f"in_flight#{owner}", videos=1)
    in_flight.save()
    people.start_erasure(owner)

    worker.run(jobs.ERASURE, owner[5:], seconds_left=60)

    assert video.video_id not in people.everything_stored()
    in_flight.refresh(consistent_read=True)
    assert in_flight.videos == (0 if broken == "unreadable" else 1)


def test_second_look_at_an_upload_comes_after_a_quarter_of_an_hour(owner: str) -> None:
    subject = f"{owner[5:]}/{uuid4().hex}"
    storage.put_thumbnail(f"uploads/user/{subject}", b"picture")
    jobs.put(jobs.UPLOAD, subject)

    for _ in range(2):
        people.make_due(jobs.UPLOAD, subject)
        worker.run(jobs.UPLOAD, subject, seconds_left=60)

    assert list(storage.list_keys(f"uploads/user/{subject}")) == [f"uploads/user/{subject}"]


def test_deleted_community_waits_for_late_requests_and_its_avatar_is_looked_at(owner: str) -> None:
    avatar = f"upload:{uuid4().hex}"
    community = put_community(owner, avatar=avatar, deleting_at=datetime.now(UTC))
    jobs.put(jobs.COMMUNITY, community.community_id)

    worker.run(jobs.COMMUNITY, community.community_id, seconds_left=60)
    assert jobs.find(jobs.COMMUNITY, community.community_id) is not None
    people.age(jobs.COMMUNITY, community.community_id)
    worker.run(jobs.COMMUNITY, community.community_id, seconds_left=60)

    assert jobs.find(jobs.COMMUNITY, community.community_id) is None
    assert jobs.find(jobs.UPLOAD, f"{owner[5:]}/{avatar[7:]}") is not None


def test_erasure_hides_communities_from_events_and_schedules_at_once(owner: str) -> None:
    community = put_community(owner)
    people.start_erasure(owner)

    worker.run(jobs.ERASURE, owner[5:], seconds_left=60)

    with pytest.raises(NotFound):
        communities.get(community.community_id)


@pytest.mark.parametrize("kind", ["readable", "unreadable"])
def test_export_has_no_secret_and_no_request_as_it_was_sent(owner: str, kind: str) -> None:
    texts = ("attempt_token", "share_nonce", "slot_token", "slot_queue")
    secret: dict[str, Any] = {name: f"secret {name}" for name in texts}
    video = factories.record(owner, **secret, slot=0)
    video.sent_request = slim.packed("secret request", video)
    video.save()
    if kind == "unreadable":
        people.poison(owner, video.video_id)
    (item,) = next(owned_videos.items(owner))

    record = export_contents.video(item, timedelta(hours=1))["record"]

    assert record["video_id"] == video.video_id
    assert record.keys() & {*texts, "media_secret", "sent_request", "attempt_request"} == set()


def put_community(owner: str, **fields: Any) -> Community:
    now = datetime.now(UTC)
    community = Community(f"c-{uuid4().hex}", owner_id=owner, name="Sophia", created_at=now, updated_at=now, **fields)
    community.save()
    return community


def put_counts(video_id: str) -> None:
    """Write what counting a view, and a workflow that waited, leave for a video."""
    expires_at = datetime.now(UTC) + timedelta(days=1)
    VideoCounts(VideoCounts.key_of(video_id), views=1).save()
    ResultToken(f"wait#{video_id}", token="AAAA", entered_at="2026-11-28", expires_at=expires_at).save()
