"""Delete a community: it is hidden at once, and its videos, files, links and counts are removed by a job.

Its id is free again afterwards. Until then it stays in the table, so that nothing new can mix with what is removed.
"""

from datetime import UTC, datetime, timedelta

from pynamodb.exceptions import DoesNotExist
from pynamodb.transactions import TransactWrite

from keepreel.db import jobs, owners, transactions
from keepreel.db.jobs import Job
from keepreel.db.tables import Community
from keepreel.db.transactions import Canceled
from keepreel.errors import NotFound
from keepreel.media import uploads
from keepreel.people import leftovers, owned_videos

_REQUESTS_END_AFTER = timedelta(minutes=15)  # a request that has read the community before may still create a video
_LOOK_AGAIN_AFTER = timedelta(minutes=5)
_AT_ONCE = timedelta(0)


def request(community: Community) -> None:
    """Hide the community and start the job that removes it. Raises NotFound if it is hidden already."""
    job = jobs.new(jobs.COMMUNITY, community.community_id)

    def add_items(transaction: TransactWrite) -> None:
        jobs.add(transaction, job)
        is_shown = (Community.owner_id == community.owner_id) & Community.deleting_at.does_not_exist()
        transaction.update(community, actions=[Community.deleting_at.set(datetime.now(UTC))], condition=is_shown)

    try:
        transactions.write(add_items)
    except Canceled:
        raise NotFound("There is no such community.") from None
    jobs.call_worker(job.kind, job.subject)


def run(job: Job, deadline: float) -> None:
    """Remove what there is, and end the job when nothing is left and nothing can come any more.

    A job whose community is gone has lost the reply to its last write. Its id may be another person's by now.
    """
    if not _is_in_deletion(job.subject):
        job.delete()
        return
    owner = owners.of_community(job.subject)
    has_no_videos = owned_videos.remove(owner, deadline=deadline)
    if not has_no_videos or datetime.now(UTC) < job.created_at + _REQUESTS_END_AFTER:
        jobs.save(job, after=_LOOK_AGAIN_AFTER)
        return
    if not leftovers.remove(job, [owner], deadline=deadline):
        jobs.save(job, after=_AT_ONCE)
        return
    _remove_record(job.subject)
    job.delete()


def _is_in_deletion(community_id: str) -> bool:
    try:
        community = Community.get(community_id, consistent_read=True, attributes_to_get=["deleting_at"])
    except DoesNotExist:
        return False
    return community.deleting_at is not None


def _remove_record(community_id: str) -> None:
    """Remove the record; its avatar is looked at later, in case that nothing else uses it."""
    try:
        community = Community.get(community_id, consistent_read=True)
    except DoesNotExist:
        return
    if community.avatar:
        jobs.put(jobs.UPLOAD, uploads.job_subject(community.owner_id, community.avatar))
    community.delete()
