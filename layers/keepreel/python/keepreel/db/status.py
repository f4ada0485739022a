"""The status words, the moves that are allowed between them, and what every provider's own word means."""

from enum import StrEnum


class Status(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    SAVING = "saving"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    DELAYED = "delayed"  # late by five minutes, or a step of ours broke; still being looked for
    DELETING = "deleting"  # hidden, being removed


class TaskStatus(StrEnum):
    """What a provider's job is doing, whatever the provider calls it."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"  # the provider made it and withholds it (moderation)
    CANCELED = "canceled"


_MOVES: dict[Status, frozenset[Status]] = {
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

ANNOUNCED = frozenset({Status.COMPLETED, Status.FAILED})  # the bus is told of these

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


def origins(to: Status) -> frozenset[Status]:
    """The statuses from which a video may move to this one."""
    return frozenset(status for status, targets in _MOVES.items() if to in targets)


def from_provider(word: object) -> TaskStatus | None:
    """What a provider's own word means, in any case; None for one that we do not know.

    An unknown word is never a failure: the caller keeps polling and logs it, since the vendors add words unannounced.
    """
    return _PROVIDER_WORDS.get(str(word).strip().lower())
