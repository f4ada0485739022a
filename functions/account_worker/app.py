"""{"kind": …, "subject": …}: run a job on people's data. Schedule, every day: look for unused uploads."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.db import jobs
from keepreel.people import worker

_RESERVE_SECONDS = 30


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    if "kind" not in event:
        jobs.start(jobs.UPLOADS, "all")
        return
    seconds_left = context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    worker.run(event["kind"], event["subject"], seconds_left=seconds_left)
