"""What asks for a community's video without a person: an event on the bus, or a schedule.

Both may come more than once, so each brings a key of its own, under which repeats make one video.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from keepreel import communities
from keepreel.errors import BadTrigger, Gone, LimitReached, RequestError
from keepreel.schemas import validation
from keepreel.schemas.fields import Line, Symbol
from keepreel.schemas.requests import BotVideoRequest
from keepreel.videos import create, spec
from keepreel.videos.create import Created

# Longer than the queue keeps what failed, and than an archive of events is usually replayed after.
_KEY_KEPT = timedelta(days=90)


class _CommunityCreated(BaseModel):
    """The detail of an event; whoever sends it may say more than we read."""

    model_config = ConfigDict(strict=True)

    community_id: str
    intro_video: bool = False


class _TokenLaunched(BaseModel):
    """The detail of an event. What it says of the token goes before what the community's record says."""

    model_config = ConfigDict(strict=True)

    community_id: str
    token_name: Line | None = None
    token_symbol: Symbol | None = None


class _ScheduledVideo(BotVideoRequest):
    """A schedule's input: a community's video, and the time for which it was scheduled."""

    community_id: str
    scheduled_time: str | None = None
    dry_run: Literal[False] = False  # there is nobody to tell the price


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """`key` has a space in it, which no client's Idempotency-Key can have."""

    community_id: str
    request: BotVideoRequest
    key: str
    created_by: str
    token: Mapping[str, str] = field(default_factory=dict)  # which the community's record may not know yet


def handle(event: object, *, request_id: str) -> Created | None:
    """Makes the video that an event or a schedule asks for; None for an event that asks for none.

    `request_id` is Lambda's, the same over its own repetitions. Raises BadTrigger, whose message says what is wrong,
    for what no repetition can mend, and LimitReached.
    """
    try:
        wish = _wish(event, request_id=request_id)
        return None if wish is None else _fulfilled(wish)
    except Gone:
        return None  # a repetition of one whose video was deleted meanwhile
    except LimitReached:
        raise  # it passes: the queue's reader should see it from the error's name
    except RequestError as error:
        fields = "".join(f" {field.pointer}: {field.detail}" for field in error.errors)
        raise BadTrigger(f"{error.code}: {error.detail}{fields}") from None


def _wish(event: object, *, request_id: str) -> _Wish | None:
    if not isinstance(event, dict):
        raise BadTrigger("the event is no JSON object")
    if "detail-type" not in event:
        return _scheduled(event, request_id=request_id)
    detail_type, id = str(event["detail-type"]), event.get("id")
    if detail_type not in _EVENTS:
        raise BadTrigger(f"there is nothing to do for an event of the type {detail_type[:100]}")
    if not id:
        raise BadTrigger("the event has no id, so its repeats could not be told from it")
    return _EVENTS[detail_type](_text(event.get("detail")), f"event {id}")


def _fulfilled(wish: _Wish) -> Created:
    community = communities.get(wish.community_id)
    asked = spec.of_community(wish.request, community, created_by=wish.created_by, token=wish.token)
    return create.create(asked, key=wish.key, key_kept=_KEY_KEPT)


def _intro(detail: bytes, key: str) -> _Wish | None:
    said = validation.parse_body(_CommunityCreated, detail)
    if not said.intro_video:
        return None
    return _Wish(community_id=said.community_id, request=BotVideoRequest(type="intro"), key=key, created_by="event")


def _token_reveal(detail: bytes, key: str) -> _Wish:
    said = validation.parse_body(_TokenLaunched, detail)
    return _Wish(
        community_id=said.community_id,
        request=BotVideoRequest(type="token_reveal"),
        key=key,
        created_by="event",
        token=said.model_dump(include={"token_name", "token_symbol"}, exclude_none=True),
    )


def _scheduled(event: Mapping[str, Any], *, request_id: str) -> _Wish:
    """Of the same input one video in a time slot: the schedule's own time, or the invocation where it does not tell."""
    said = validation.parse_body(_ScheduledVideo, _text(event))
    asked = said.model_dump(exclude={"community_id", "scheduled_time"}, exclude_unset=True)
    input_hash = sha256(json.dumps([said.community_id, asked], sort_keys=True).encode()).hexdigest()
    return _Wish(
        community_id=said.community_id,
        request=BotVideoRequest(**asked),
        key=f"schedule {said.scheduled_time or request_id} {input_hash}",
        created_by="schedule",
    )


def _text(value: object) -> bytes:
    return json.dumps(value).encode()


_EVENTS: dict[str, Callable[[bytes, str], _Wish | None]] = {
    "CommunityCreated": _intro,
    "TokenLaunched": _token_reveal,
}
