"""Kling's account endpoints: resource packs, and the ledgers of the balance and of the packs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from local.simulators.kling import lists
from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import Fields
from local.simulators.kling.tasks import Task

_PACK_UNITS, _BALANCE_USD = Decimal(5000), Decimal(1000)
_PACK_ID = "800000000000000001"
_PACK_TTL_MS = 180 * 86400 * 1000
_FUNCTIONS = {"text": "Text to Video", "image": "Image to Video", "omni": "Omni Video", "motion": "Motion Control"}
LEDGERS = ("balance", "package")


def costs(query: Mapping[str, str], finished: list[Task], *, has_pack: bool, started_ms: int) -> dict[str, Any]:
    """Return the resource packs. Without one, the list is absent, not empty."""
    for name in ("start_time", "end_time"):
        lists.milliseconds(query.get(name), name)
    answer: dict[str, Any] = {"code": 0, "msg": "success"}
    if has_pack:
        left = _PACK_UNITS - sum((task.bill.units for task in finished), Decimal(0))
        pack = {
            "resource_pack_name": "Video pack 5000",
            "resource_pack_id": _PACK_ID,
            "resource_pack_type": "decreasing_total",
            "total_quantity": float(_PACK_UNITS),
            "remaining_quantity": float(left),
            "purchase_time": started_ms,
            "effective_time": started_ms,
            "invalid_time": started_ms + _PACK_TTL_MS,
            "status": "online",
        }
        answer["resource_pack_subscribe_infos"] = [pack]
    return answer


def ledger(kind: str, body: dict[str, Any], finished: list[Task]) -> dict[str, Any]:
    """Return one page of the deductions, newest first; `finished` is oldest first."""
    request = Fields(body)
    limit, start = lists.limit(request.get("limit")), lists.position(request.get("cursor"))
    for name in ("start_time", "end_time"):
        lists.milliseconds(request.get(name), name)
    for item in request.objects("filters"):
        if item.choice("key", ("api_key_name",)) is None or not isinstance(item.get("values"), list):
            raise ApiError(1201, "filters is invalid")
    before = _BALANCE_USD if kind == "balance" else _PACK_UNITS
    rows = []
    for task in finished:
        amount = task.bill.cash_usd if kind == "balance" else task.bill.units
        if amount:
            rows.append(_row(kind, task, before=before, amount=amount))
            before -= amount
    page = rows[::-1][start : start + limit]
    has_more = len(rows) > start + limit
    return {
        "result": {"detail": page, "count": len(page)},
        "next_cursor": lists.cursor(start + limit) if has_more else "",
        "has_more": has_more,
    }


def _row(kind: str, task: Task, *, before: Decimal, amount: Decimal) -> dict[str, Any]:
    common = {
        "task_id": task.id,
        "api_key_name": "simulator",
        "product_function": _FUNCTIONS[task.flow],
        "model_name": task.model,
        "resolution": task.choices.resolution,
        "duration": f"{task.choices.seconds}.0",
        "refer_video_input": task.choices.video_input,
        "video_sound": task.choices.sound,
        "voice_control": task.choices.voice,
        "deduction_time": str(int(task.ends_at * 1000)),
    }
    if kind == "package":
        return {
            "package_id": _PACK_ID,
            "product_type": "video",
            **common,
            "unit_before_deduction": float(before),
            "deduction_amount": float(amount),
            "unit_after_deduction": float(before - amount),
        }
    return {
        **common,
        "cash_type": "balance",
        "balance_before_deduction": float(before),
        "deduction_amount": float(amount),
        "balance_after_deduction": float(before - amount),
        "list_price": float(amount),
        "currency": "USD",
    }
