"""Workflow step: close a video that failed. Leave it open if only one of our steps raised an error.

Event: {owner, video_id, status, wait_seconds}, plus {error: {Error, Cause}} if a step raised an error.
"""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.workflow.fail import fail
from keepreel.workflow.step import run_step


@logs.with_context
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    cause = event.get("error", {}).get("Error")
    return run_step(event, partial(fail, cause=cause))
