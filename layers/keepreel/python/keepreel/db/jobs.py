"""Jobs on people's data, which continue until they are done: erasures, exports, and deletions of what is not used.

A job is an item of the Videos table that has none of a video's other attributes. There, the sweeper finds it when it is
due, takes it for one worker at a time, and tries a broken one less and less often.
"""

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db.tables import TableName, TableSettings, in_flight_shard
from keepreel.errors import LostRace
from keepreel.logs import logger
from keepreel.settings import settings

_PREFIX = "job#"
ERASURE, EXPORT, COMMUNITY, UPLOAD, UPLOADS, NEW_KEYS = (
    f"{_PREFIX}{kind}" for kind in ("erasure", "export", "community", "upload", "uploads", "new_keys")
)
WORKER_SECONDS = 300  # the timeout of the worker
_LEASE = timedelta(seconds=WORKER_SECONDS + 60)
_CALL_AGAIN_AFTER = timedelta(minutes=1)  # if the call of the worker is lost


class Job(Model):
    """One job. `state` is what its kind has to remember from one run to the next."""

    class Meta(TableSettings):
        table_name = TableName(lambda settings: settings.videos_table)

    kind = UnicodeAttribute(hash_key=True, attr_name="owner")
    subject = UnicodeAttribute(range_key=True, attr_name="video_id")  # the user, community, upload or video
    state = JSONAttribute(default=dict)
    created_at = UTCDateTimeAttribute()
    in_flight_shard = NumberAttribute()
    next_check_at = UTCDateTimeAttribute()


def is_job(owner: str) -> bool:
    """Return whether the key of an item of the Videos table is a job's."""
    return owner.startswith(_PREFIX)


def new(kind: str, subject: str, *, state: dict[str, object] | None = None) -> Job:
    """Return a job that is not stored yet."""
    now = datetime.now(UTC)
    shard, check_at = in_flight_shard(subject), now + _CALL_AGAIN_AFTER
    return Job(kind, subject, state=state or {}, created_at=now, in_flight_shard=shard, next_check_at=check_at)


def put(kind: str, subject: str) -> None:
    """Store a job without a state. One that exists starts anew. Raises STORE_ERRORS."""
    new(kind, subject).save()


def start(kind: str, subject: str, *, replaces: Job | None = None) -> None:
    """Store a job, in place of an ended one, and call the worker. Does nothing if another request was faster."""
    is_free = Job.subject.does_not_exist()
    if replaces is not None:
        is_free |= Job.created_at == replaces.created_at
    try:
        new(kind, subject).save(condition=is_free)
    except PutError as error:
        if not aws.is_failed_condition(error):
            raise
        return
    call_worker(kind, subject)


def add(transaction: TransactWrite, job: Job) -> None:
    """Store the job in the transaction, on the condition that there is none."""
    transaction.save(job, condition=Job.subject.does_not_exist())


def find(kind: str, subject: str) -> Job | None:
    """Return the job as last written, or None."""
    try:
        return Job.get(kind, subject, consistent_read=True)
    except DoesNotExist:
        return None


def take(kind: str, subject: str) -> Job | None:
    """Take the job for one run of the worker and return it. None if it is done, has to wait or another run has it.

    Lambda may deliver one call twice. A job whose next check is later than a call can set has a run, or waits.
    """
    now = datetime.now(UTC)
    lease: list[Action] = [Job.next_check_at.set(now + _LEASE)]
    return _update(Job(kind, subject), lease, condition=Job.next_check_at <= now + _CALL_AGAIN_AFTER)


def save(job: Job, *, after: timedelta | None = None) -> None:
    """Store the job's state. `after` ends this run and sets when the next one begins. Raises LostRace."""
    actions: list[Action] = [Job.state.set(job.state)]
    if after is not None:
        actions.append(Job.next_check_at.set(datetime.now(UTC) + after))
    if _update(job, actions) is None:
        raise LostRace(f"{job.kind} is done already")


def end(job: Job) -> None:
    """Remove the job, unless `put` has started it anew since this run has taken it."""
    try:
        job.delete(condition=Job.created_at == job.created_at)
    except DeleteError as error:
        if not aws.is_failed_condition(error):
            raise


def call_worker(kind: str, subject: str) -> None:
    """Invoke the worker asynchronously. A failed call is logged only, because the sweeper calls again."""
    try:
        aws.invoke_later(settings().worker_function, {"kind": kind, "subject": subject})
    except STORE_ERRORS as error:
        logger.warning("worker not called", extra={"kind": kind, "reason": type(error).__name__})


def _update(job: Job, actions: list[Action], *, condition: Condition | None = None) -> Job | None:
    """Update a stored job and return it; None if it is not stored any more or the condition does not hold."""
    is_stored: Condition = Job.subject.exists()
    try:
        job.update(actions=actions, condition=is_stored if condition is None else is_stored & condition)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise
        return None
    return job
