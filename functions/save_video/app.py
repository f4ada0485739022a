"""Workflow step: save the finished video. Event and result: {owner, video_id, status, wait_seconds}."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.workflow.save import save
from keepreel.workflow.step import run_step

_RESERVE_SECONDS = 15  # to abort the upload and report a download that took too long


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seconds_left = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    return run_step(event, partial(save, seconds_left=seconds_left))
