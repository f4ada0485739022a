"""Workflow step: closes what the provider refused or failed, leaves open what broke on our side.

Event: {owner, video_id, status, wait_seconds}, and {error: {Error, Cause}} when a step broke.
"""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.workflow import fail, step


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    cause = event.get("error", {}).get("Error")
    return step.run_step(event, partial(fail.fail, cause=cause))
