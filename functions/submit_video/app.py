"""Workflow step: gets the video to its provider, once. Event and answer: {owner, video_id, status, wait_seconds}."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import submission, workflow


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return workflow.run_step(event, submission.submit)
