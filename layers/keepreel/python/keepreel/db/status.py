"""A video's statuses and the transitions that are allowed between them."""

from enum import StrEnum


class Status(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    SAVING = "saving"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    DELAYED = "delayed"  # more than five minutes late, or a step raised an error; the sweeper keeps checking
    DELETING = "deleting"  # hidden from its owner; its files are being removed


class TaskStatus(StrEnum):
    """What a provider's job is doing, whatever the provider calls it."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"  # the provider made it and withholds it (moderation)
    CANCELED = "canceled"


_TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.PROCESSING, Status.DELAYED, Status.FAILED, Status.CANCELED, Status.DELETING}),
    Status.PROCESSING: frozenset({Status.SAVING, Status.DELAYED, Status.FAILED, Status.CANCELED, Status.DELETING}),
    Status.SAVING: frozenset({Status.COMPLETED, Status.DELAYED, Status.FAILED, Status.DELETING}),
    Status.DELAYED: frozenset({Status.PROCESSING, Status.SAVING, Status.FAILED, Status.CANCELED, Status.DELETING}),
    Status.COMPLETED: frozenset({Status.DELETING}),
    Status.FAILED: frozenset({Status.DELETING}),
    Status.CANCELED: frozenset({Status.DELETING}),
    Status.DELETING: frozenset(),
}

UNFINISHED = frozenset({Status.QUEUED, Status.PROCESSING, Status.SAVING, Status.DELAYED})

PUBLISHED = frozenset({Status.COMPLETED, Status.FAILED})  # an event about each is published on the bus

_PROVIDER_WORDS: dict[str, TaskStatus] = {
    "submitted": TaskStatus.RUNNING,
    "queued": TaskStatus.RUNNING,
    "pending": TaskStatus.RUNNING,
    "processing": TaskStatus.RUNNING,
    "in_progress": TaskStatus.RUNNING,
    "succeed": TaskStatus.SUCCEEDED,  # Kling's legacy endpoints
    "succeeded": TaskStatus.SUCCEEDED,  # Kling's newer endpoints
    "success": TaskStatus.SUCCEEDED,
    "completed": TaskStatus.SUCCEEDED,  # Higgsfield
    "failed": TaskStatus.FAILED,
    "nsfw": TaskStatus.REJECTED,  # Higgsfield
    "canceled": TaskStatus.CANCELED,
    "cancelled": TaskStatus.CANCELED,
}


def allowed_from(to: Status) -> frozenset[Status]:
    """Return the statuses from which a video may change to this one."""
    return frozenset(status for status, targets in _TRANSITIONS.items() if to in targets)


def from_provider(word: object) -> TaskStatus | None:
    """What a provider's own word means, in any case; None for one that we do not know.

    An unknown word is never a failure: the caller keeps polling and logs it, since the vendors add words unannounced.
    """
    return _PROVIDER_WORDS.get(str(word).strip().lower())
