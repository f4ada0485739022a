"""The JSON of a request, as the create, status and webhook endpoints show it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.simulators.higgsfield.tasks import Task


def summary(task: Task, *, base_url: str, status: str) -> dict[str, Any]:
    url = f"{base_url}/requests/{task.id}"
    return {"status": status, "request_id": task.id, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}


def status(
    task: Task, *, base_url: str, now: float, link_ttl_seconds: float, link: Callable[[Task], str]
) -> dict[str, Any]:
    """Return the status. Only a completed request has a video and `expires_at`, and only a failed one an error."""
    view = summary(task, base_url=base_url, status=task.status(now))
    if now < task.ends_at:
        return view
    if task.outcome.is_completed:
        if task.video is not None:
            view["video"] = {"url": link(task)}
        view["expires_at"] = _utc(task.file_expires_at(link_ttl_seconds=link_ttl_seconds))
    if task.outcome.error:
        view["error"] = task.outcome.error
    return view


def webhook(view: dict[str, Any]) -> dict[str, Any] | None:
    """Return the body of the webhook for this status, or None for a status without a webhook.

    A completed request is sent whole; of the others only the status, the id and the error.
    """
    match view["status"].lower():
        case "completed":
            return view
        case "failed" | "nsfw":
            return {name: view[name] for name in ("status", "request_id", "error") if name in view}
    return None


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
