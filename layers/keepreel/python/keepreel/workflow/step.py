"""Run one step of a video's workflow: read the record, call the step, return the next state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from keepreel import aws, logs
from keepreel.aws import STORE_ERRORS
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.errors import LostRace, NotFound
from keepreel.logs import logger

WAITING: Final = "waiting"


@dataclass(frozen=True, kw_only=True)
class Step:
    """The result of a step: the video's status, and how long to wait before the next step.

    WAITING instead of the status ends the workflow of a video without a slot. The dispatcher starts the next one.
    """

    status: Status | Literal["waiting"]
    wait_seconds: int = 0


def run_step(event: dict[str, Any], step: Callable[[Video], Step]) -> dict[str, Any]:
    """Run a step on the video that the event names, and return the workflow's next state.

    A video that is gone, or that another worker changed, is not an error: the returned state has its present status.
    Raises StoreUnavailable, which the workflow retries, if a table, the bucket or an AWS service did not respond.
    If an AWS service refuses a call, that is a defect of ours, and its error is raised as it is.
    """
    owner, video_id = event["owner"], event["video_id"]
    logger.debug("step", extra={"owner": owner, "video_id": video_id})
    try:
        result = _run(step, owner=owner, video_id=video_id)
    except STORE_ERRORS as error:
        aws.raise_outage(error, f"{type(error).__name__} in a step of {video_id}")
        raise
    return result_of(result, owner=owner, video_id=video_id)


def result_of(step: Step, *, owner: str, video_id: str) -> dict[str, Any]:
    """Return the workflow's next state."""
    return {"owner": owner, "video_id": video_id, "status": step.status, "wait_seconds": step.wait_seconds}


def _run(step: Callable[[Video], Step], *, owner: str, video_id: str) -> Step:
    try:
        video = video_records.get(owner=owner, video_id=video_id)
        logs.add(execution=execution.name(video), task_id=video.provider_task_id)
        return step(video)
    except NotFound:
        return Step(status=Status.DELETING)
    except LostRace:
        video = video_records.get(owner=owner, video_id=video_id)
        logger.info("changed by another worker", extra={"owner": owner, "video_id": video_id, "status": video.status})
        return Step(status=Status(video.status), wait_seconds=1)
