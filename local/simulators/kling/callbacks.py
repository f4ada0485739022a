"""Kling's callbacks: one at each change of a task's status, signed if the account has secrets."""

from collections.abc import Callable

from local.simulators.core.callbacks import Callback
from local.simulators.kling import views
from local.simulators.kling.tasks import Snapshot, Task


def of_task(task: Task, *, snapshot: Callable[[float], Snapshot], secrets: tuple[str, ...]) -> list[Callback]:
    """Return the callbacks of a new task: submitted, processing, and its end.

    The vendor documents neither an order nor a retry, so each is sent once. The body is the bare task.
    """
    view = views.of_legacy_api if task.api == "legacy" else views.of_tasks_api

    def callback(due: Callable[[], float], *, at_end: bool = False, before: bool = False) -> Callback:
        def body(moment: float) -> object | None:
            now = snapshot(moment - 1 if before else moment)
            is_end = now.status in ("succeeded", "failed")
            return view(now) if is_end is at_end else None

        return Callback(
            url=task.callback_url or "",
            task_id=task.id,
            due=due,
            body=body,
            secrets=secrets,
            is_last=at_end,
        )

    return [
        callback(lambda: task.created_at, before=True),
        callback(lambda: task.starts_at),
        callback(lambda: task.ends_at, at_end=True),
    ]
