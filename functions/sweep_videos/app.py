"""Schedule, every minute: invoke this function for each shard that has due videos. {"shard": 0}: sweep it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs, sweeper

_RESERVE_SECONDS = 10


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seconds_left = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    if "shard" not in event:
        return {"shards": sweeper.fan_out(function_name=context.invoked_function_arn, seconds_left=seconds_left)}
    part, parts = event.get("part", 0), event.get("parts", 1)
    return {"started": sweeper.sweep(seconds_left=seconds_left, shards=[event["shard"]], part=part, parts=parts)}
