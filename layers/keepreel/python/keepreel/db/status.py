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
UNFINISHED_GROUP = "unfinished"  # their common key in the index of statuses, and their common filter in the API

PUBLISHED = frozenset({Status.COMPLETED, Status.FAILED})  # statuses that are published as events on the bus
# Statuses in which a user may retry, download or share a video; the `links` of a video show the same.
RETRYABLE = frozenset({Status.FAILED, Status.CANCELED})
DOWNLOADABLE = frozenset({Status.COMPLETED})
SHAREABLE = frozenset({Status.COMPLETED})


def allowed_from(to: Status) -> frozenset[Status]:
    """Return the statuses from which a video may change to this one."""
    return frozenset(status for status, targets in _TRANSITIONS.items() if to in targets)


def group(status: Status) -> str:
    """Return the key of a status in the index. A move between two unfinished statuses does not write the index."""
    return UNFINISHED_GROUP if status in UNFINISHED else status
