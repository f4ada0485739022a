"""Start a video's Step Functions execution."""

import json

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.logs import logger
from keepreel.settings import settings


def start(video: Video) -> bool:
    """Start the video's workflow. Return True also if it is running already.

    False means that the execution of this name has ended.
    """
    payload = json.dumps({"owner": video.owner, "video_id": video.video_id})
    try:
        aws.stepfunctions().start_execution(
            stateMachineArn=settings().video_workflow_arn, name=name(video), input=payload
        )
    except ClientError as error:
        if aws.code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def name(video: Video) -> str:
    """Return the execution's name: the video's id plus its number of restarts, so no two run under one name."""
    return f"{video.video_id}-r{video.restarts:.0f}" if video.restarts else str(video.video_id)


def start_next(video: Video) -> bool:
    """Start the workflow, under the next name if the execution of the present one has ended. It continues the record.

    Raises UpdateError if another worker has started the next one.
    """
    if start(video):
        return True
    video.update(actions=[Video.restarts.add(1)], condition=Video.restarts == video.restarts)
    logger.info("restarted", extra={"video_id": video.video_id, "owner": video.owner, "status": video.status})
    return start(video)
