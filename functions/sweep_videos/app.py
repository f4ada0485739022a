"""Schedule, every minute: restart the workflow of every unfinished video that is overdue for a check."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import sweeper

_RESERVE_SECONDS = 10


def lambda_handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seconds_left = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    return {"started": sweeper.sweep(seconds_left=seconds_left)}
