"""The functions for people's data use every right of their roles, because these are the widest ones."""

from datetime import UTC, datetime
from uuid import uuid4

from keepreel import aws
from keepreel.db import jobs
from keepreel.db.slots import Slot
from keepreel.media import uploads
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient
from tests.template.test_rights import PUBLIC_URL, RIGHTS
from tests.template.test_rights_used import Recorder, recorder  # noqa: F401  # a fixture

# URLs are signed without a call, and Lambda itself sends a failed event to the queue.
NO_CALL = {
    PUBLIC_URL,
    "s3:GetObject MediaBucket/media/*",
    "s3:GetObject MediaBucket/exports/*",
    "sqs:SendMessage SweepFailures",
}


def test_account_functions_use_every_right_of_their_roles(
    recorder: Recorder,  # noqa: F811
    stack: Stack,
    user: ApiClient,
    picture: bytes,
) -> None:
    user.put_community(community_id := uuid4().hex, avatar=user.upload(picture))
    user.put_community(uuid4().hex)
    shared, poison = factories.finished_video(user), factories.finished_video(user)
    moved = factories.finished_video(user)
    for video in (shared, moved):
        assert user.send("POST", video["links"]["share"]).status_code == 201
    assert user.send("DELETE", moved["links"]["share"]).status_code == 204
    people.poison(user.owner, poison["id"])
    for provider in ("kling", "higgsfield"):
        put_running_video(user.owner, provider)
    aws._secrets.cache_clear()

    user.send("GET", "/v1/me/export")
    stack.wait_until_idle()
    assert user.send("GET", "/v1/me/export").status_code == 200
    run(stack, jobs.UPLOAD, look_at(user, picture))
    stack.invoker.invoke("AccountWorkerFunction", {})
    assert user.send("DELETE", f"/v1/communities/{community_id}").status_code == 204
    stack.wait_until_idle()
    people.age(jobs.COMMUNITY, community_id)
    run(stack, jobs.COMMUNITY, community_id)
    receipt = people.erase(user, stack)
    stack.wait_until_idle()
    people.finish_erasure(user, stack)

    assert user.send("GET", receipt).json()["status"] == "completed"
    for role in ("AccountFunctionRole", "AccountWorkerFunctionRole"):
        assert RIGHTS[role] - recorder.used[role] - NO_CALL == set(), role


def put_running_video(owner: str, provider: str) -> None:
    """Write a video that its provider generates, with its slot."""
    model = {"kling": "kling-3.0", "higgsfield": "higgsfield-dop-lite"}[provider]
    queue, token, now = f"{provider}#{uuid4().hex}", "1", datetime.now(UTC)
    video = factories.record(
        owner,
        provider=provider,
        model=model,
        status="processing",
        provider_task_id=str(uuid4()),
        source_image="https://example.com/a.jpg",
        slot_queue=queue,
        slot=0,
        slot_token=token,
    )
    video.save()
    Slot(queue, 0, owner=owner, video_id=video.video_id, token=token, taken_at=now).save()


def look_at(user: ApiClient, picture: bytes) -> str:
    """Start the job for an upload that nothing uses, and return its subject."""
    subject = uploads.job_subject(user.owner, user.upload(picture))
    jobs.put(jobs.UPLOAD, subject)
    return subject


def run(stack: Stack, kind: str, subject: str) -> None:
    result = stack.invoker.invoke("AccountWorkerFunction", {"kind": kind, "subject": subject})
    assert not result.is_error, result.value
