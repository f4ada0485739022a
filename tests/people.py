"""Erase people in tests: the virtual time at which no token is valid, and the sweeper's part."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import uuid6
from pynamodb.transactions import TransactWrite

from keepreel import aws, sweeper
from keepreel.db import jobs, quotas, transactions
from keepreel.db.jobs import Job
from keepreel.db.tables import Video
from keepreel.people import owned_communities
from keepreel.schemas.requests import VideoRequest
from keepreel.settings import settings
from local.stack import Stack
from tests.api_client import ApiClient
from tests.faults.raw_items import write_raw


def email_of(user: ApiClient, stack: Stack) -> str:
    sub = user.owner.removeprefix("user#")
    found = aws.cognito().admin_get_user(UserPoolId=stack.users.user_pool_id, Username=sub)
    return next(it["Value"] for it in found["UserAttributes"] if it["Name"] == "email")


def erase(user: ApiClient, stack: Stack) -> str:
    """Request the erasure and return the path of its receipt."""
    response = user.send("DELETE", "/v1/me", json={"email": email_of(user, stack)})
    assert response.status_code == 202, response.text
    path: str = response.json()["links"]["self"]
    return path


def finish_erasure(user: ApiClient, stack: Stack) -> None:
    """Let the sweeper remove hidden records, let the hour of tokens pass, and run the worker."""
    subject = user.owner.removeprefix("user#")
    remove_hidden_records(*owned_communities.everyone(user.owner))
    age(jobs.ERASURE, subject)
    result = stack.invoker.invoke("AccountWorkerFunction", {"kind": jobs.ERASURE, "subject": subject})
    assert not result.is_error, result.value
    stack.wait_until_idle()


def remove_hidden_records(*owners: str) -> None:
    """Run the sweeper for an owner's hidden videos at the time when they are due."""
    for owner in owners:
        for video in Video.query(owner, consistent_read=True):
            video.update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    sweeper.sweep(seconds_left=30)


def state(kind: str, subject: str) -> dict[str, Any]:
    """Return what a job remembers."""
    job = jobs.find(kind, subject)
    assert job is not None
    return dict(job.state)


def age(kind: str, subject: str, *, by: timedelta = timedelta(hours=2)) -> None:
    """Move all times in a job into the past, so that it is due."""
    job = jobs.find(kind, subject)
    assert job is not None
    times = {name: it for name, it in job.state.items() if name.endswith("_at")}
    state = job.state | {name: (datetime.fromisoformat(it) - by).isoformat() for name, it in times.items()}
    due = Job.next_check_at.set(min(job.next_check_at, datetime.now(UTC)))
    job.update(actions=[Job.state.set(state), Job.created_at.set(job.created_at - by), due])


def start_erasure(owner: str) -> None:
    """Start the erasure of a user who has no account any more."""
    job = jobs.new(jobs.ERASURE, owner.removeprefix("user#"), state={"erasure_id": uuid4().hex})

    def add_items(transaction: TransactWrite) -> None:
        jobs.add(transaction, job)
        quotas.close_account(transaction, owner)

    transactions.write(add_items)


def make_due(kind: str, subject: str) -> None:
    Job(kind, subject).update(actions=[Job.next_check_at.set(datetime.now(UTC) - timedelta(seconds=1))])


def request(**fields: Any) -> VideoRequest:
    return VideoRequest(**{"prompt": "a warm smile", **fields})


def copy(video: Video) -> Video:
    """Write a new record like this one's first version, as a request does that has passed all checks."""
    fields = video.attribute_values | {"video_id": str(uuid6.uuid7()), "status": "queued"}
    copied = Video(**fields)
    copied.save()
    return copied


def poison(owner: str, video_id: str) -> None:
    """Store a value that the model cannot read."""
    write_raw(Video(owner, video_id), "restarts", {"S": "many"})


def everything_stored() -> str:
    """Return all items of all tables, and the keys and metadata of all versions in the bucket, as one text."""
    tables = (
        settings().videos_table,
        settings().requests_table,
        settings().communities_table,
        settings().shares_table,
        settings().slots_table,
    )
    found: list[Any] = []
    for table in tables:
        for page in aws.dynamodb_client().get_paginator("scan").paginate(TableName=table):
            found += page["Items"]
    for versions in aws.s3().get_paginator("list_object_versions").paginate(Bucket=settings().media_bucket):
        found += [it["Key"] for it in versions.get("Versions", [])]
        found += [it["Key"] for it in versions.get("DeleteMarkers", [])]
    return json.dumps(found, default=str)
