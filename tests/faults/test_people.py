"""People's data under faults: an erasure that is killed anywhere goes on, and no video loses an image in use."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepreel import aws, sweeper
from keepreel.db import jobs
from keepreel.db.request_items import InFlightUsage
from keepreel.db.tables import Community, Share, Video
from keepreel.errors import AccountClosing, InvalidInput
from keepreel.media import storage, uploads
from keepreel.people import erasure, export, receipts, unused_uploads, worker
from keepreel.settings import settings
from keepreel.videos import create, delete, sharing, spec
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories, people
from tests.aws_faults import LOST_REPLY, Fault, aws_faults
from tests.workflow_driver import create_video_from_upload, create_video_with_slot, now, run, step

pytestmark = pytest.mark.usefixtures("empty_tables")
AT_ONCE = timedelta(0)


class Killed(BaseException):
    """The end of a process, which no handler of errors sees."""


def new_account(stack: Stack) -> tuple[str, str]:
    """Return the id and the email address of a new account."""
    stack.users.add_user(email := f"{uuid4().hex}@example.com")
    found = aws.cognito().admin_get_user(UserPoolId=settings().user_pool_id, Username=email)
    return found["Username"], email


def put_community(community_id: str, **fields: Any) -> None:
    now = datetime.now(UTC)
    Community(community_id, name="Sophia", created_at=now, updated_at=now, **fields).save()


def fill(sub: str) -> str:
    """Write something of every kind that an erasure removes, and return the community's id."""
    owner, community_id = f"user#{sub}", f"c-{uuid4().hex}"
    put_community(community_id, owner_id=owner)
    for it in (owner, f"community#{community_id}"):
        video = factories.record(it, payer=owner, options={"end_image": f"upload:{uuid4().hex}"})
        storage.put_thumbnail(storage.thumbnail_key(video), b"picture")
        video.save()
        sharing.share(video, days=None)
    Share("old", owner=owner, video_id="gone", created_at=datetime.now(UTC)).save()
    InFlightUsage(f"request#{owner}#{'0' * 64}").save()
    storage.put_thumbnail(f"{uploads.folder(owner)}{uuid4().hex}", b"picture")
    storage.put_thumbnail(f"{export.folder(owner)}1/manifest.json", b"{}")
    jobs.put(jobs.UPLOAD, f"{sub}/{uuid4().hex}")
    return community_id


def test_erasure_that_is_killed_at_every_call_goes_on(
    stack: Stack, kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "call_worker", lambda *_: None)  # its calls in another thread would be killed, too
    sub, email = new_account(stack)
    community_id = fill(sub)
    id = erasure.request(f"user#{sub}", email=email)
    calls, is_lost = 0, False
    while jobs.find(jobs.ERASURE, sub):

        def fault(call: int) -> Fault | None:
            return (LOST_REPLY if is_lost else raises_killed) if call == calls else None  # noqa: B023

        people.make_due(jobs.ERASURE, sub)  # the lease of the killed run has ended
        with aws_faults(fault) as plan, suppress(Killed, Exception):  # a lost reply is an error of AWS
            worker.run(jobs.ERASURE, sub, seconds_left=60)
        calls, is_lost = (calls, True) if plan.faults and not is_lost else (calls + 1, False)
        if not plan.faults and jobs.find(jobs.ERASURE, sub):  # a whole run, so let the time pass for the next one
            calls = 0
            people.remove_hidden_records(f"user#{sub}", f"community#{community_id}")
            people.age(jobs.ERASURE, sub)

    assert [it for it in (sub, email, community_id) if it in people.everything_stored()] == []
    assert receipts.read(id).receipt["erased"] == {"videos": 2, "communities": 1, "uploads": 1}


def raises_killed(_request: Any) -> Any:
    raise Killed


def test_erasure_cancels_what_is_not_sent_and_drops_what_the_provider_has(
    stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    sent, unsent = create_video_with_slot(), create_video_with_slot()
    step("queued", sent)

    people.start_erasure(sent.owner)
    worker.run(jobs.ERASURE, sent.owner[5:], seconds_left=60)

    assert now(sent).status == "deleting"
    assert step("processing", sent) == "deleting"  # its result is not fetched
    people.start_erasure(unsent.owner)
    worker.run(jobs.ERASURE, unsent.owner[5:], seconds_left=60)
    assert (now(unsent).status, step("queued", unsent)) == ("deleting", "deleting")
    assert [task for task in kling.tasks if task["external_id"] == unsent.video_id] == []


def test_erasure_ends_with_records_that_are_unreadable(stack: Stack, kling: KlingSimulator) -> None:
    owner = f"user#{uuid4()}"
    poison, frozen = factories.put(owner, 2)
    people.poison(owner, poison)
    Video(owner, frozen).update(actions=[Video.status.set("frozen")])
    storage.put_thumbnail(f"{storage.folder(poison)}secret/thumbnail.jpg", b"picture")
    people.start_erasure(owner)

    for _ in range(2):
        people.age(jobs.ERASURE, owner[5:])
        worker.run(jobs.ERASURE, owner[5:], seconds_left=60)

    assert [it for it in (owner[5:], poison) if it in people.everything_stored()] == []


def test_erasure_waits_until_no_token_is_valid(stack: Stack, kling: KlingSimulator) -> None:
    people.start_erasure(owner := f"user#{uuid4()}")

    worker.run(jobs.ERASURE, owner[5:], seconds_left=60)
    request = spec.for_user(people.request(), owner=owner)
    with pytest.raises(AccountClosing):
        create.create(request, key=None)
    people.age(jobs.ERASURE, owner[5:], by=erasure.TOKENS_END_AFTER)
    worker.run(jobs.ERASURE, owner[5:], seconds_left=60)

    assert jobs.find(jobs.ERASURE, owner[5:]) is None


def test_scan_that_is_out_of_time_goes_on_at_its_place(stack: Stack, kling: KlingSimulator) -> None:
    people.start_erasure(owner := f"user#{uuid4()}")
    worker.run(jobs.ERASURE, owner[5:], seconds_left=60)
    people.age(jobs.ERASURE, owner[5:])

    runs = 0
    while jobs.find(jobs.ERASURE, owner[5:]):
        people.make_due(jobs.ERASURE, owner[5:])
        worker.run(jobs.ERASURE, owner[5:], seconds_left=60 if runs else -1)
        runs += 1

    assert (runs, owner[5:] in people.everything_stored()) == (2, False)


def test_sweeper_calls_the_worker_for_a_due_job(stack: Stack, kling: KlingSimulator, monkeypatch: Any) -> None:
    called: list[tuple[str, str]] = []
    people.start_erasure(owner := f"user#{uuid4()}")
    people.make_due(jobs.ERASURE, owner[5:])
    monkeypatch.setattr(jobs, "call_worker", lambda *job: called.append(job))

    sweeper.sweep(seconds_left=30)

    assert (jobs.ERASURE, owner[5:]) in called


def test_image_goes_with_the_last_video_that_uses_it(picture: bytes, higgsfield: HiggsfieldSimulator) -> None:
    first = create_video_from_upload(picture)
    second = people.copy(first)
    name = str(first.source_image)

    remove(first)
    look(first.owner, name)
    look_again(first.owner, name)
    assert uploads.read(owner=first.owner, source_image=name, is_new_use=True) == picture
    remove(second)
    look(first.owner, name)
    look_again(first.owner, name)

    assert name[7:] not in people.everything_stored()


def test_image_stays_while_an_option_of_another_video_or_an_unreadable_record_uses_it(
    picture: bytes, higgsfield: HiggsfieldSimulator
) -> None:
    video = create_video_from_upload(picture)
    owner, name = video.owner, str(video.source_image)
    put_community(community_id := f"c-{uuid4().hex}", owner_id=owner)
    user = factories.record(f"community#{community_id}", payer=owner, options={"reference_images": [name]})
    user.save()
    remove(video)

    for _ in range(2):
        look(owner, name)
        look_again(owner, name)
        assert uploads.read(owner=owner, source_image=name, is_new_use=True) == picture
        people.poison(user.owner, user.video_id)
        jobs.put(jobs.UPLOAD, uploads.job_subject(owner, name))


def test_video_that_is_created_while_its_image_is_looked_at_keeps_the_image(
    picture: bytes, higgsfield: HiggsfieldSimulator
) -> None:
    first = create_video_from_upload(picture)
    name = str(first.source_image)
    remove(first)

    look(first.owner, name)
    with pytest.raises(InvalidInput):
        create.create(spec.for_user(people.request(source_image=name), owner=first.owner), key=None)
    late = people.copy(first)  # it had accepted the image before the mark, and is written now
    look_again(first.owner, name)

    assert jobs.find(jobs.UPLOAD, f"{first.owner[5:]}/{name[7:]}") is None
    assert uploads.read(owner=first.owner, source_image=name, is_new_use=True) == picture
    assert run(late).status == "completed"


def test_uploads_that_wait_for_their_first_video_for_a_week_are_removed(
    picture: bytes, higgsfield: HiggsfieldSimulator, monkeypatch: Any
) -> None:
    video = create_video_from_upload(picture)
    owner, avatar, unused = video.owner, f"upload:{uuid4().hex}", f"upload:{uuid4().hex}"
    put_community(f"c-{uuid4().hex}", owner_id=owner, avatar=avatar)
    for name in (avatar, unused):
        storage.put_thumbnail(f"{uploads.folder(owner)}{name[7:]}", b"picture")
    for unused_for in (unused_uploads._UNUSED_FOR, AT_ONCE):  # a new upload first
        monkeypatch.setattr(unused_uploads, "_UNUSED_FOR", unused_for)
        jobs.put(jobs.UPLOADS, "all")
        worker.run(jobs.UPLOADS, "all", seconds_left=-1)
        worker.run(jobs.UPLOADS, "all", seconds_left=60)
        started = [it.subject for it in jobs.Job.query(jobs.UPLOAD, jobs.Job.subject.startswith(owner[5:]))]
        assert started == ([] if unused_for else [f"{owner[5:]}/{unused[7:]}"])
    look(owner, unused)
    look_again(owner, unused)

    stored = people.everything_stored()
    assert [it[7:] in stored for it in (str(video.source_image), avatar, unused)] == [True, True, False]
    assert jobs.find(jobs.UPLOADS, "all") is None


def remove(video: Video) -> None:
    """Delete a video and let the sweeper remove its record."""
    delete.delete(now(video))
    delete.finish(now(video))


def look(owner: str, name: str) -> None:
    worker.run(jobs.UPLOAD, uploads.job_subject(owner, name), seconds_left=60)


def look_again(owner: str, name: str) -> None:
    """Look at an upload after the quarter of an hour."""
    subject = uploads.job_subject(owner, name)
    if jobs.find(jobs.UPLOAD, subject):
        people.age(jobs.UPLOAD, subject)
        look(owner, name)


def test_purge_of_a_folder_removes_every_version(stack: Stack, monkeypatch: Any, limit: Any) -> None:
    aws.s3().create_bucket(Bucket=(bucket := f"versions-{uuid4().hex}"))
    aws.s3().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    limit(MEDIA_BUCKET=bucket)
    for _ in range(2):
        storage.put_thumbnail("media/1/secret/thumbnail.jpg", b"picture")
    storage.put_thumbnail("media/12/secret/thumbnail.jpg", b"of another video")
    storage.delete("media/1/secret/thumbnail.jpg")

    storage.purge_folder(storage.folder("1"))

    left = aws.s3().list_object_versions(Bucket=bucket)
    assert [it["Key"] for it in left["Versions"]] == ["media/12/secret/thumbnail.jpg"]
    assert "DeleteMarkers" not in left
