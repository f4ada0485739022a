"""Workflow step: poll the provider for the job's status. Event and result: {owner, video_id, status, wait_seconds}.

A callback invokes it too, with {owner, video_id, is_callback}; the result then goes to the workflow that waits for it.
"""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.workflow import result_tokens
from keepreel.workflow.poll import poll
from keepreel.workflow.step import run_step


@logs.with_context
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    is_callback = bool(event.get("is_callback"))
    result = run_step(event, partial(poll, is_by_callback=is_callback))
    if is_callback:
        result_tokens.answer(result)
    return result
