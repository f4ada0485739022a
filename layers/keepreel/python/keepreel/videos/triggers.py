"""Triggers: create a community's video for an event on the bus or for a schedule.

Both may be delivered more than once. Each has its own idempotency key, so a repeat creates no second video.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from keepreel import communities
from keepreel.errors import BadTrigger, Gone, LimitReached, Paused, RequestError
from keepreel.schemas import validation
from keepreel.schemas.fields import Line, Symbol
from keepreel.schemas.requests import BotVideoRequest
from keepreel.videos import spec
from keepreel.videos.create import Created, create

# Longer than the dead-letter queue keeps messages, and than the usual time after which archived events are replayed.
_KEY_TTL = timedelta(days=90)


class _CommunityCreated(BaseModel):
    """The detail of a CommunityCreated event. Further fields are ignored."""

    model_config = ConfigDict(strict=True)

    community_id: str
    intro_video: bool = False


class _TokenLaunched(BaseModel):
    """The detail of a TokenLaunched event. Its token fields override those of the community's record."""

    model_config = ConfigDict(strict=True)

    community_id: str
    token_name: Line | None = None
    token_symbol: Symbol | None = None


class _ScheduledVideo(BotVideoRequest):
    """The input of a schedule: a request for a community's video, and the scheduled time."""

    community_id: str
    scheduled_time: str | None = None
    dry_run: Literal[False] = False  # a dry run only returns a price, which a schedule cannot use


@dataclass(frozen=True, kw_only=True)
class _TriggeredVideo:
    """`key` contains a space, which a client's Idempotency-Key cannot contain."""

    community_id: str
    request: BotVideoRequest
    key: str
    created_by: str
    token: Mapping[str, str] = field(default_factory=dict)  # may be newer than the community's record


def handle(event: object, *, request_id: str) -> Created | None:
    """Create the video of an event or a schedule. Return None for an event that needs no video.

    `request_id` is Lambda's; it is the same when Lambda retries. Raises BadTrigger for an error that no retry can fix
    (its message says what is wrong), LimitReached and Paused.
    """
    try:
        triggered = _triggered_video(event, request_id=request_id)
        return None if triggered is None else _create(triggered)
    except Gone:
        return None  # the video of an earlier delivery was deleted
    except (LimitReached, Paused):
        raise  # a retry can succeed later: the operator sees this in the error's name
    except RequestError as error:
        fields = "".join(f" {field.pointer}: {field.detail}" for field in error.errors)
        raise BadTrigger(f"{error.code}: {error.detail}{fields}") from None


def _triggered_video(event: object, *, request_id: str) -> _TriggeredVideo | None:
    if not isinstance(event, dict):
        raise BadTrigger("the event is not a JSON object")
    if "detail-type" not in event:
        return _scheduled(event, request_id=request_id)
    detail_type, id = str(event["detail-type"]), event.get("id")
    if detail_type not in _EVENTS:
        raise BadTrigger(f"unknown event type: {detail_type[:100]}")
    if not id:
        raise BadTrigger("the event has no id, so a repeated delivery cannot be recognized")
    return _EVENTS[detail_type](_json(event.get("detail")), f"event {id}")


def _create(triggered: _TriggeredVideo) -> Created:
    community = communities.get(triggered.community_id)
    request = spec.for_community(triggered.request, community, created_by=triggered.created_by, token=triggered.token)
    return create(request, key=triggered.key, key_ttl=_KEY_TTL)


def _intro(detail: bytes, key: str) -> _TriggeredVideo | None:
    event = validation.parse_body(_CommunityCreated, detail)
    if not event.intro_video:
        return None
    return _TriggeredVideo(
        community_id=event.community_id, request=BotVideoRequest(type="intro"), key=key, created_by="event"
    )


def _token_reveal(detail: bytes, key: str) -> _TriggeredVideo:
    event = validation.parse_body(_TokenLaunched, detail)
    return _TriggeredVideo(
        community_id=event.community_id,
        request=BotVideoRequest(type="token_reveal"),
        key=key,
        created_by="event",
        token=event.model_dump(include={"token_name", "token_symbol"}, exclude_none=True),
    )


def _scheduled(event: Mapping[str, Any], *, request_id: str) -> _TriggeredVideo:
    """Return one video per input and scheduled time, or per invocation if the schedule does not send its time."""
    schedule = validation.parse_body(_ScheduledVideo, _json(event))
    fields = schedule.model_dump(exclude={"community_id", "scheduled_time"}, exclude_unset=True)
    made = {name: it for name, it in fields.items() if name != "max_cost"}
    input_hash = sha256(json.dumps([schedule.community_id, made], sort_keys=True).encode()).hexdigest()
    return _TriggeredVideo(
        community_id=schedule.community_id,
        request=BotVideoRequest(**fields),
        key=f"schedule {schedule.scheduled_time or request_id} {input_hash}",
        created_by="schedule",
    )


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_EVENTS: dict[str, Callable[[bytes, str], _TriggeredVideo | None]] = {
    "CommunityCreated": _intro,
    "TokenLaunched": _token_reveal,
}
