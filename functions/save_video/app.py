"""Workflow step: keeps the finished video. Event and answer: {owner, video_id, status, wait_seconds}."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.workflow import save, step

_RESERVE_SECONDS = 15  # for aborting the upload and saying so, after a download that took too long


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seconds_left = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    return step.run_step(event, partial(save.save, seconds_left=seconds_left))
