"""Workflow step: store the task token of a workflow that waits for its provider's result.

Event: {owner, video_id, token, entered_at}. The workflow's wait ends with the answer to the token, or with its timeout.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.workflow import result_tokens


@logs.with_context
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    result_tokens.wait(
        owner=event["owner"], video_id=event["video_id"], token=event["token"], entered_at=event["entered_at"]
    )
