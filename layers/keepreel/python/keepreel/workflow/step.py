"""The workflow: starting it, and what every step of it has in common."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from keepreel import aws
from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import LostRace, NotFound, StoreUnavailable
from keepreel.logs import logger
from keepreel.settings import settings

STORE_ERRORS = (StoreUnavailable, PynamoDBException, ClientError, BotoCoreError)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a step tells the workflow: where the video stands, and how long to wait before the next step."""

    status: Status
    wait_seconds: int = 0


def start(video: Video) -> bool:
    """Starts the video's workflow; True also when it is running already.

    The execution is named after the video and its count of restarts, so there is never a second one of that name.
    False says that the one of that name has ended.
    """
    name = f"{video.video_id}-r{video.restarts:.0f}" if video.restarts else video.video_id
    payload = json.dumps({"owner": video.owner, "video_id": video.video_id})
    try:
        aws.stepfunctions().start_execution(stateMachineArn=settings().video_workflow_arn, name=name, input=payload)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        return False
    return True


def run_step(event: dict[str, Any], step: Callable[[Video], Step]) -> dict[str, Any]:
    """Runs one step on the record that the event names, and answers with the workflow's next state.

    A record that is gone, or that another worker moved, is no error: the answer says where it stands now. Raises
    StoreUnavailable, which the workflow retries, when a table, the bucket or a service did not answer.
    """
    owner, video_id = event["owner"], event["video_id"]
    logger.debug("step", extra={"owner": owner, "video_id": video_id})
    try:
        answer = _decide(step, owner=owner, video_id=video_id)
    except STORE_ERRORS as error:
        raise StoreUnavailable(f"{type(error).__name__} in a step of {video_id}") from error
    return {"owner": owner, "video_id": video_id, "status": answer.status, "wait_seconds": answer.wait_seconds}


def _decide(step: Callable[[Video], Step], *, owner: str, video_id: str) -> Step:
    try:
        video = video_records.get(owner=owner, video_id=video_id)
        return step(video)
    except NotFound:
        return Step(status=Status.DELETING)
    except LostRace:
        video = video_records.get(owner=owner, video_id=video_id)
        logger.info("another worker moved it", extra={"owner": owner, "video_id": video_id, "status": video.status})
        return Step(status=Status(video.status), wait_seconds=1)
