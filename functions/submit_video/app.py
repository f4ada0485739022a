"""Workflow step: submit the video to its provider. Event and result: {owner, video_id, status, wait_seconds}."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.workflow.step import run_step
from keepreel.workflow.submit import submit


@logs.with_context
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return run_step(event, submit)
