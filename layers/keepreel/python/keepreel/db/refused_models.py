"""Models that a provider refuses today, so that their next videos are refused before anything is spent.

All refusals are in one small item. A refusal hides its model for a while, and is forgotten some time after that.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist, PutError

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db.request_items import RefusedModels
from keepreel.errors import Unavailability
from keepreel.logs import logger
from keepreel.settings import settings

CACHE_SECONDS = 30
_HIDDEN_FOR = {
    Unavailability.GONE: timedelta(days=30),
    Unavailability.UNKNOWN_MODEL: timedelta(days=1),
    Unavailability.NOT_ENTITLED: timedelta(days=1),
    Unavailability.BLOCKED: timedelta(hours=1),
}
_REMEMBERED_FOR = timedelta(days=2)  # after the model is offered again
_DOUBTFUL_AFTER = timedelta(days=1)
_MAX_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why and since when a provider refuses a model, and until when the model is not offered."""

    kind: Unavailability
    first_refused_at: datetime
    hidden_until: datetime


_cache: tuple[float, dict[str, Refusal]] | None = None


def hidden(*, now: datetime | None = None) -> dict[str, Refusal]:
    """Return the models that are not offered now, by id, at most 30 seconds old. Empty if they cannot be read."""
    global _cache
    if _cache is None or time.monotonic() - _cache[0] > CACHE_SECONDS:
        try:
            _cache = (time.monotonic(), _refusals(_read()))
        except STORE_ERRORS as error:
            logger.warning("refused models not read", extra={"reason": type(error).__name__})
            _cache = (time.monotonic(), {})
    at = now or datetime.now(UTC)
    return {id: refusal for id, refusal in _cache[1].items() if refusal.hidden_until > at}


def record(ids: Collection[str], kind: Unavailability, *, now: datetime | None = None) -> bool:
    """Remember that a provider refuses these models. Return False if that was known. Raises STORE_ERRORS."""
    clear_cache()
    at = now or datetime.now(UTC)
    for remaining in reversed(range(_MAX_TRIES)):
        item = _read()
        before = {id: it for id, it in _refusals(item).items() if it.hidden_until + _REMEMBERED_FOR > at}
        after = before | {id: _merged(before.get(id), kind, now=at) for id in ids}
        if after == before:
            return False
        try:
            _write(item, after)
        except PutError as error:
            if not remaining or not aws.is_failed_condition(error):  # else another worker has changed the item
                raise
        else:
            return any(before.get(id) is None or before[id].kind != after[id].kind for id in ids)
    return False


def forget(ids: Collection[str] | None = None) -> None:
    """Offer these models again, or all of them. Raises STORE_ERRORS."""
    clear_cache()
    item = _read()
    kept = {id: it for id, it in _refusals(item).items() if ids is not None and id not in ids}
    if len(kept) < len(item.models):
        _write(item, kept)


def clear_cache() -> None:
    global _cache
    _cache = None


def _merged(before: Refusal | None, kind: Unavailability, *, now: datetime) -> Refusal:
    """Return the refusal after another one.

    An unknown model counts as gone after a second refusal a day later; a block that lasts a day makes it doubtful.
    """
    if before is None:
        return Refusal(kind=kind, first_refused_at=now, hidden_until=now + _HIDDEN_FOR[kind])
    if before.hidden_until > now and (kind == before.kind or before.kind == Unavailability.GONE):
        return before
    if now - before.first_refused_at >= _DOUBTFUL_AFTER:
        if kind == Unavailability.UNKNOWN_MODEL == before.kind:
            kind = Unavailability.GONE
        if kind == Unavailability.BLOCKED:
            kind = Unavailability.UNKNOWN_MODEL
    hidden_until = max(before.hidden_until, now + _HIDDEN_FOR[kind])  # a shorter block does not end a longer one
    return Refusal(kind=kind, first_refused_at=before.first_refused_at, hidden_until=hidden_until)


def _read() -> RefusedModels:
    try:
        return RefusedModels.get(RefusedModels.KEY, consistent_read=True)
    except DoesNotExist:
        return RefusedModels(RefusedModels.KEY)
    except (TypeError, ValueError) as error:
        logger.error("refused models unreadable", extra={"reason": type(error).__name__})
        return RefusedModels(RefusedModels.KEY, version=_stored_version())


def _stored_version() -> int | None:
    """Return the version of an item that cannot be read, so that the next write replaces it."""
    key = {"key": {"S": RefusedModels.KEY}}
    found = aws.dynamodb_client().get_item(TableName=settings().requests_table, Key=key, ConsistentRead=True)
    number = found.get("Item", {}).get("version", {}).get("N")
    return None if number is None else int(number)


def _refusals(item: RefusedModels) -> dict[str, Refusal]:
    """Return the stored refusals without those that cannot be read: a bad value must not stop every request."""
    stored = item.models if isinstance(item.models, dict) else {}
    return {id: refusal for id, it in stored.items() if (refusal := _refusal(id, it))}


def _refusal(id: str, stored: Mapping[str, Any]) -> Refusal | None:
    try:
        return Refusal(
            kind=Unavailability(stored["kind"]),
            first_refused_at=_time(stored["first_refused_at"]),
            hidden_until=_time(stored["hidden_until"]),
        )
    except (LookupError, TypeError, ValueError) as error:
        logger.error("refused models unreadable", extra={"model": id, "reason": type(error).__name__})
        return None


def _time(stored: str) -> datetime:
    at = datetime.fromisoformat(stored)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _write(item: RefusedModels, refusals: Mapping[str, Refusal]) -> None:
    """Replace the item, on the condition that it has not changed. Raises PutError."""
    item.models = {
        id: {
            "kind": it.kind,
            "first_refused_at": it.first_refused_at.isoformat(),
            "hidden_until": it.hidden_until.isoformat(),
        }
        for id, it in refusals.items()
    }
    item.save()
