"""Kling task responses of both API standards."""

from collections.abc import Callable
from typing import Any

from tests.unit.providers.kling.samples import TASK_ID, VIDEO_ID, job

Envelope = Callable[..., dict[str, Any]]
LINK = "https://p1.a.kwimgs.com/output.mp4?Expires=1"
LEGACY = job(task_id=TASK_ID)
TASKS = job("kling-3.0", task_id=TASK_ID)


def legacy_response(status: object = "processing", **changes: object) -> dict[str, Any]:
    task = {
        "task_id": TASK_ID,
        "task_status": status,
        "task_status_msg": "",
        "task_info": {"external_task_id": VIDEO_ID},
        "watermark_info": {"enabled": False},
        "created_at": 1722769557708,
        "updated_at": 1722769557708,
    }
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": {**task, **changes}}


def tasks_response(status: object = "processing", **changes: object) -> dict[str, Any]:
    task = {
        "id": TASK_ID,
        "status": status,
        "message": "",
        "create_time": 1781080778802,
        "update_time": 1781080794151,
        "external_id": VIDEO_ID,
    }
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": [{**task, **changes}]}
