"""How each API shows a task: in the response to a create, in a query, and in a callback."""

from typing import Any

from local.simulators.kling.tasks import Snapshot

_LEGACY_STATUSES = {"succeeded": "succeed"}


def created(task: Snapshot) -> dict[str, Any]:
    return {
        "id": task.id,
        "status": task.status,
        "create_time": task.created_ms,
        "update_time": task.updated_ms,
        "external_id": task.external_id or "",
    }


def of_tasks_api(task: Snapshot) -> dict[str, Any]:
    """Return the task in a response of the tasks API; a callback has the same fields."""
    output = {
        "type": "video",
        "id": task.video_id,
        "url": task.link,
        "watermark_url": task.watermark_link,
        "duration": f"{task.seconds}.0",
    }
    return {
        **created(task),
        "message": task.message,
        "outputs": [output] if task.link else [],
        "billing": task.bill.entries() if task.link else [],
    }


def legacy_created(task: Snapshot) -> dict[str, Any]:
    """Without an external id there is no `task_info`."""
    return {
        "task_id": task.id,
        "task_status": _LEGACY_STATUSES.get(task.status, task.status),
        **({"task_info": {"external_task_id": task.external_id}} if task.external_id else {}),
        "created_at": task.created_ms,
        "updated_at": task.updated_ms,
    }


def of_legacy_api(task: Snapshot) -> dict[str, Any]:
    """Return the task in a response of the legacy API. The deductions are there only when it has succeeded."""
    view = {**legacy_created(task), "task_status_msg": task.message}
    if task.link:
        video = {
            "id": task.video_id,
            "url": task.link,
            "watermark_url": task.watermark_link,
            "duration": f"{task.seconds}.0",
        }
        view["task_result"] = {"videos": [video]}
        view["watermark_info"] = {"enabled": bool(task.watermark_link)}
        view.update(task.bill.legacy_deductions())
    return view
