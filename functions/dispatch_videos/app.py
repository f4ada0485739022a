"""Give slots to waiting videos and start their workflows.

Event: {queue, videos: [{dispatch_at, owner, video_id}]} when videos were added or a slot became free; any other one,
every minute: all queues. Result: {started: number of workflows}.
"""

import time
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.dispatch import audit, backlog, dispatcher
from keepreel.dispatch.waiting import Candidate

_RESERVE_SECONDS, _AUDIT_SECONDS = 10, 10


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _RESERVE_SECONDS
    queue = event.get("queue")
    if queue is None:
        dispatcher.report_unknown_queues()
        started = dispatcher.dispatch_all(deadline=deadline - _AUDIT_SECONDS)
        audit.release_lost_slots(deadline=deadline)
        backlog.report(deadline=deadline)
        return {"started": started}
    new = [Candidate(**{**it, "dispatch_at": datetime.fromisoformat(it["dispatch_at"])}) for it in event["videos"]]
    return {"started": dispatcher.dispatch(queue, new=new, deadline=deadline)}
