"""One provider's queue for tests: its capacity, its slots, what waits in it, and a dispatcher that starts nothing."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from keepreel import dispatch_trigger
from keepreel.aws import dynamodb_client
from keepreel.db import slots
from keepreel.db.slots import QueueState, Slot
from keepreel.db.tables import Video
from keepreel.dispatch import dispatcher, execution, room, waiting
from keepreel.dispatch.room import Room
from tests.workflow_driver import create_video, now

NAME = "kling#kling-2.5-turbo"  # of the default model


class Queue:
    """The default model's queue. `started` are the ids of started videos, `requests` the calls of the dispatcher."""

    name = NAME

    def __init__(self, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
        self._limit = limit
        self.started: list[str] = []
        self.requests: list[str] = []
        self.slept: list[float] = []
        monkeypatch.setattr(execution, "start", self._start)
        monkeypatch.setattr(dispatch_trigger, "request", lambda queue, _videos=(): self.requests.append(queue))
        monkeypatch.setattr(dispatcher, "time", _Time(self.slept))
        self.clear()

    def clear(self) -> None:
        """Remove what other tests left."""
        for item in dynamodb_client().scan(TableName=Slot.Meta.table_name)["Items"]:
            key = {name: item[name] for name in ("queue", "n")}
            if key["queue"] == {"S": self.name}:
                dynamodb_client().delete_item(TableName=Slot.Meta.table_name, Key=key)
        for candidate in waiting._query(self.name)["Items"]:
            key = {name: candidate[name] for name in ("owner", "video_id")}
            dynamodb_client().update_item(
                TableName=Video.Meta.table_name, Key=key, UpdateExpression="REMOVE waiting_queue"
            )

    def set_capacity(self, capacity: int, **more: object) -> None:
        self._limit(PROVIDER_CAPACITY=f"kling={capacity}", **more)

    def dispatch(self) -> int:
        return dispatcher.dispatch(self.name, deadline=time.monotonic() + 60)

    def room(self, *, at: datetime) -> Room:
        return room.find(self.name, now=at)

    def state(self) -> QueueState:
        return slots.state(self.name)

    def held(self) -> list[Slot]:
        return [*slots.held(self.name)]

    def waiting(self) -> list[str]:
        return [it.video_id for it in waiting.candidates(self.name)]

    def check(self, *videos: Video, capacity: int) -> None:
        """Check that slots and records agree."""
        held = {slot.video_id: slot for slot in self.held()}
        assert len(held) == len(self.held()) <= capacity
        for record in map(now, videos):
            slot = held.get(record.video_id)
            assert (slot and (slot.n, slot.token)) == (record.slot_token and (record.slot, record.slot_token))
            assert record.waiting_queue is None or record.slot_token is None
            assert record.slot_token is None or record.status in ("queued", "processing", "delayed", "failed")

    def _start(self, video: Video) -> bool:
        self.started.append(video.video_id)
        return True


class _Time:
    """The dispatcher's clock, which notes pauses instead of sleeping."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self, slept: list[float]) -> None:
        self._slept = slept

    def sleep(self, seconds: float) -> None:
        self._slept.append(seconds)
        raise Paused


class Paused(Exception):  # no error
    """The dispatcher would wait now."""


def waiting_video(*, seconds_earlier: float = 0, **fields: object) -> Video:
    """Create a waiting video of a new payer, with an earlier place in its queue."""
    video = create_video(**fields)
    at = video.dispatch_at - timedelta(seconds=seconds_earlier)
    video.update(actions=[Video.dispatch_at.set(at)])
    return video
