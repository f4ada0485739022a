"""List requests of both APIs: their filters, pages and cursors."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from local.simulators.kling import views
from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import Fields, short
from local.simulators.kling.tasks import Snapshot

_STATUSES = ("submitted", "processing", "succeeded", "failed")
_PRODUCT_TYPES = ("video", "image", "try_on")
_FILTERS = {"status": _STATUSES, "product_type": _PRODUCT_TYPES}
_DEFAULT_LIMIT, _MAX_LIMIT = 100, 500
_WINDOW_MS = 30 * 86400 * 1000


def tasks_page(body: dict[str, Any], tasks: list[Snapshot], *, now_ms: int) -> dict[str, Any]:
    """Return one page of the tasks that match, with a cursor for the next page. An empty answer has no `result`."""
    request = Fields(body)
    size, start = limit(request.get("limit")), position(request.get("cursor"))
    end_ms = milliseconds(request.get("end_time"), "end_time", default=now_ms)
    start_ms = milliseconds(request.get("start_time"), "start_time", default=end_ms - _WINDOW_MS)
    if start_ms > end_ms:
        raise ApiError(1201, "start_time is after end_time")
    wanted = _filters(request.objects("filters"))
    matching = [
        task
        for task in tasks
        if start_ms <= task.created_ms <= end_ms
        and ("status" not in wanted or task.status in wanted["status"])
        and ("product_type" not in wanted or "video" in wanted["product_type"])
    ]
    found = matching[start : start + size]
    if not found:
        return {"count": 0, "has_more": False}
    has_more = len(matching) > start + size
    return {
        "result": [views.of_tasks_api(task) for task in found],
        "count": len(found),
        "next_cursor": cursor(start + size) if has_more else "",
        "has_more": has_more,
    }


def legacy_page(query: Mapping[str, str], tasks: list[Snapshot]) -> list[dict[str, Any]]:
    """Return a plain array, without a total or a next-page flag."""
    number = _count(query.get("pageNum", "1"), name="pageNum", maximum=1000)
    size = _count(query.get("pageSize", "30"), name="pageSize", maximum=500)
    return [views.of_legacy_api(task) for task in tasks[(number - 1) * size : number * size]]


def limit(value: object) -> int:
    """Return the size of a page."""
    if value is None:
        return _DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MAX_LIMIT:
        raise ApiError(1201, f"limit value {short(value)} is invalid")
    return value


def milliseconds(value: object, name: str, *, default: int = 0) -> int:
    """Return a time. The vendor's pages show it as a number and as a string, so both are accepted."""
    if value in (None, ""):
        return default
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return int(value)
    raise ApiError(1201, f"{name} value {short(value)} is invalid")


def _filters(items: list[Fields]) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for item in items:
        key = item.choice("key", tuple(_FILTERS))
        values = item.get("values")
        if (
            key is None
            or key in wanted
            or not isinstance(values, list)
            or any(it not in _FILTERS[key] for it in values)
        ):
            raise ApiError(1201, "filters is invalid")
        if values:  # an empty list filters nothing, as in the vendor's sample of a ledger
            wanted[key] = values
    return wanted


def cursor(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"from": start}).encode()).decode()


def position(value: object) -> int:
    """Return the position of a cursor. Raises ApiError for a cursor that was not one of ours."""
    if value in (None, ""):
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(str(value).encode("ascii")))["from"]
    except (ValueError, binascii.Error, KeyError, TypeError, RecursionError):
        raise ApiError(1201, "cursor is invalid") from None
    if isinstance(start, bool) or not isinstance(start, int) or start < 0 or cursor(start) != value:
        raise ApiError(1201, "cursor is invalid")
    return start


def _count(value: str, *, name: str, maximum: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not 1 <= int(value) <= maximum:
        raise ApiError(1201, f"{name} is invalid")
    return int(value)
