"""Start a video's Step Functions execution."""

import json

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.settings import settings


def start(video: Video) -> bool:
    """Start the video's workflow. Return True also if it is running already.

    The execution's name is the video's id plus its number of restarts, so no two executions run under one name.
    False means that the execution of this name has ended.
    """
    name = f"{video.video_id}-r{video.restarts:.0f}" if video.restarts else video.video_id
    payload = json.dumps({"owner": video.owner, "video_id": video.video_id})
    try:
        aws.stepfunctions().start_execution(stateMachineArn=settings().video_workflow_arn, name=name, input=payload)
    except ClientError as error:
        if aws.code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True
