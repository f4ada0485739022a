"""Erase a person: the account, and everything that the tables and the bucket have of them and their communities.

An erasure is a job. Each run repeats all steps on what is left, so it may be killed anywhere. Access tokens stay valid
for an hour after the account is gone, so the last run begins when none is valid any more.
"""

import secrets
from datetime import UTC, datetime, timedelta

from pynamodb.transactions import TransactWrite

from keepreel.db import jobs, owners, quotas, transactions
from keepreel.db.jobs import Job
from keepreel.db.tables import Community
from keepreel.db.transactions import Canceled
from keepreel.errors import AccountClosing, DemoAccount, FieldError, InvalidInput, NotFound, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import storage, uploads
from keepreel.people import accounts, export, leftovers, owned_communities, owned_videos, receipts
from keepreel.settings import settings

# After the account is gone: an access token is valid for an hour, and the last upload form that it gets for 10 minutes.
TOKENS_END_AFTER = timedelta(minutes=75)
_LOOK_AGAIN_AFTER = timedelta(minutes=5)
_AT_ONCE = timedelta(0)


def request(owner: str, *, email: str) -> str:
    """Begin the erasure of this user and return its id, or the id of the one that has begun.

    `email` must be the account's, as a protection against mistakes. Raises InvalidInput, NotFound, DemoAccount.
    """
    sub = owners.user_id(owner) or ""
    if running := jobs.find(jobs.ERASURE, sub):
        return str(running.state["erasure_id"])
    _check_confirmation(sub, email)
    job = jobs.new(jobs.ERASURE, sub, state={"erasure_id": secrets.token_hex(16)})

    def add_items(transaction: TransactWrite) -> None:
        jobs.add(transaction, job)
        receipts.add_empty(transaction, str(job.state["erasure_id"]))
        quotas.close_account(transaction, owner)

    try:
        transactions.write(add_items)
    except Canceled:  # another request was faster, or only the reply to our own write was lost
        running = jobs.find(jobs.ERASURE, sub)
        if running is None:
            raise StoreUnavailable("the erasure has just ended") from None
        job = running
    logger.info("erasure requested", extra={"erasure_id": job.state["erasure_id"]})
    jobs.call_worker(job.kind, job.subject)
    return str(job.state["erasure_id"])


def check_not_running(owner: str) -> None:
    """Raise AccountClosing if the person is being erased."""
    if jobs.find(jobs.ERASURE, owners.user_id(owner) or ""):
        raise AccountClosing("This account is being deleted.")


def run(job: Job, deadline: float) -> None:
    """Remove what there is, and end the job when nothing is left and nothing can come any more."""
    owner = owners.of_user(job.subject)
    everyone = owned_communities.everyone(owner)
    _count(job, everyone)
    _delete_account(job)
    for community_id in owned_communities.ids(owner):
        owned_communities.hide(community_id)
    left = [it for it in everyone if not owned_videos.remove(it, deadline=deadline)]
    storage.purge_folder(uploads.folder(owner))
    Job(jobs.EXPORT, job.subject).delete()  # so that an export that runs now stops after its next part
    storage.purge_folder(export.folder(owner))
    if left or _may_have_token(job):
        jobs.save(job, after=_LOOK_AGAIN_AFTER)
    elif not leftovers.remove(job, everyone, deadline=deadline):
        jobs.save(job, after=_AT_ONCE)
    else:
        _end(job, owner)


def _check_confirmation(sub: str, email: str) -> None:
    account = accounts.find(sub)
    if account is None:
        raise NotFound("There is no such account.")
    demo = settings().demo_user
    if demo and account.email.casefold() == demo.email.casefold():
        raise DemoAccount("The public demo account cannot be deleted.")
    if account.email.casefold() != email.strip().casefold():
        detail = "This is not the email address of the account that you are signed in with."
        raise InvalidInput(detail, errors=(FieldError("/email", detail),))


def _count(job: Job, everyone: list[str]) -> None:
    """Count what there is, for the receipt, before anything is removed."""
    if "erased" in job.state:
        return
    job.state["erased"] = {
        "videos": sum(map(owned_videos.count, everyone)),
        "communities": len(everyone) - 1,
        "uploads": sum(1 for _ in storage.list_keys(uploads.folder(everyone[0]))),
    }
    jobs.save(job)


def _delete_account(job: Job) -> None:
    if "account_deleted_at" not in job.state:
        accounts.delete(job.subject)
        job.state["account_deleted_at"] = datetime.now(UTC).isoformat()
        jobs.save(job)


def _may_have_token(job: Job) -> bool:
    deleted_at = datetime.fromisoformat(job.state["account_deleted_at"])
    return datetime.now(UTC) < deleted_at + TOKENS_END_AFTER


def _end(job: Job, owner: str) -> None:
    """Remove the communities' ids and the jobs, write the receipt, and remove this job as the last item."""
    for community_id in owned_communities.ids(owner):
        Job(jobs.COMMUNITY, community_id).delete()
        Community(community_id).delete()
    for it in list(Job.query(jobs.UPLOAD, Job.subject.startswith(f"{job.subject}/"), consistent_read=True)):
        it.delete()
    erasure_id, erased = str(job.state["erasure_id"]), job.state["erased"]
    receipts.write(erasure_id, owner=owner, requested_at=job.created_at, erased=erased)
    job.delete()
    logger.info("erased", extra={"erasure_id": erasure_id, **erased})
