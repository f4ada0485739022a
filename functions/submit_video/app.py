"""Workflow step: gets the video to its provider, once. Event and answer: {owner, video_id, status, wait_seconds}."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.workflow import step, submit


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return step.run_step(event, submit.submit)
