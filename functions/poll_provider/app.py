"""Workflow step: poll the provider for the job's status. Event and result: {owner, video_id, status, wait_seconds}."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.workflow.poll import poll
from keepreel.workflow.step import run_step


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return run_step(event, poll)
