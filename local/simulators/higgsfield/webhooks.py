"""Higgsfield's webhooks: one unsigned POST when a request ends, repeated for two hours until a 2xx response."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.simulators.core.callbacks import Callback, CallbackSender
from local.simulators.higgsfield import views
from local.simulators.higgsfield.tasks import Task

# The two hours are documented, the waiting times between the attempts are not.
RETRY_AFTER_SECONDS = (10, 30, 60, 300, 600, 1200, 2400, 2600)


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    sender: CallbackSender

    def schedule(self, task: Task, *, view: Callable[[Task], dict[str, Any]]) -> None:
        """Send the webhook of a new request when it ends, if the caller asked for one."""
        if task.webhook_url is None:
            return
        self.sender.schedule(
            Callback(
                url=task.webhook_url,
                task_id=task.id,
                due=lambda: task.ends_at,
                body=lambda _: views.webhook(view(task)),
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
        )
