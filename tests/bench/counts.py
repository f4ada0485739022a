"""Counted lines: AWS calls, write units and read units of operations and of a video's life."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from local.stack import Stack
from tests.bench.aws_meter import Meter, metered
from tests.bench.lines import Line, at_most, count
from tests.bench.lives import BODY, lives_at
from tests.bench.operations import Operations, measured
from tests.bench.recorder import recorded
from tests.bench.world import World


@dataclass(frozen=True)
class Goal:
    """At most this many; `floor` is the fewest that can do it at all."""

    limit: float
    floor: float


# The tests in tests/functions/test_aws_calls.py hold these, too.
CALLS: Mapping[str, Goal] = {
    "generate": Goal(2, 2),
    "generate with image": Goal(3, 3),
    "status": Goal(1, 1),
    "list": Goal(1, 1),
    "share view": Goal(2, 2),
    "download": Goal(2, 2),
    "delete": Goal(4, 3),
}
WRITE_UNITS: Mapping[str, Goal] = {
    "share view": Goal(3, 2),
    "download": Goal(3, 2),
    "delete": Goal(12, 2),
}
LIFE_WRITE_UNITS = Goal(35, 8)
LIST_READ_UNITS = Goal(5, 1)
_LAST_TIMES = 20  # that usual times are learned from


def lines(world: World) -> list[Line]:
    ours = Operations(world.stack, world.picture).measure()
    typical = _typical(world)
    calls = [
        at_most(
            goal.limit,
            name=f"AWS calls: {name}",
            ours=count(len(ours[name].calls)),
            baselines={"": count(len(typical[name].calls))},
            floor=count(goal.floor),
        )
        for name, goal in CALLS.items()
    ]
    units = [
        at_most(
            goal.limit,
            name=f"write units: {name}",
            ours=count(ours[name].write_units),
            baselines={"": count(typical[name].write_units)},
            floor=count(goal.floor),
        )
        for name, goal in WRITE_UNITS.items()
    ]
    life = at_most(
        LIFE_WRITE_UNITS.limit,
        name="write units: a video's life",
        ours=count(life_write_units(world.stack)),
        baselines={"": count(typical["life"].write_units)},
        floor=count(LIFE_WRITE_UNITS.floor),
    )
    page = at_most(
        LIST_READ_UNITS.limit,
        name="read units: a list page of 20",
        ours=count(ours["list"].read_units),
        baselines={
            "scan of 1,001 videos": count(typical["scan"].read_units),
            "Query": count(typical["list"].read_units),
        },
        floor=count(LIST_READ_UNITS.floor),
    )
    return [*calls, life, *units, page]


def life_write_units(stack: Stack) -> int:
    """Return the write units of a video from the request to `completed`, its dispatch and its callback included.

    Its model is in use, so that the usual times need no write for each video.
    """
    with lives_at(stack) as lives:
        lives.learn(count=_LAST_TIMES)
        with metered() as meter:
            lives.run(seconds=90)
    return meter.write_units


def _typical(world: World) -> dict[str, Meter]:
    """Measure the baseline's functions in this process."""
    store = importlib.import_module("tests.bench.baselines.store")  # reads the environment when it is imported
    owner, video_id, upload_id = world.video.owner, world.video.video_id, uuid4().hex
    with recorded(world.stack):
        store.s3.put_object(Bucket=store.BUCKET, Key=f"uploads/{owner.replace('#', '/')}/{upload_id}", Body=b"")
        image = {**BODY, "source_image": f"upload:{upload_id}"}
        calls: dict[str, Callable[[], object]] = {
            "generate": partial(store.create, owner, BODY),
            "generate with image": partial(store.create, owner, image),
            "status": partial(store.status, owner, video_id),
            "scan": partial(store.listed, owner, limit=20),
            "list": partial(store.queried, owner, limit=20),
            "share view": partial(store.shared, world.share_token),
            "download": partial(store.download_url, owner, video_id),
            "life": partial(_typical_life, store),
            "delete": partial(store.delete, owner, video_id),
        }
        return dict(measured(calls))


def _typical_life(store: Any) -> None:
    """Write what the usual workflow writes: the record at each change of its status, and the day's usage."""
    owner = f"user#{uuid4()}"
    video_id = store.create(owner, BODY)["video_id"]
    store.change_status(owner, video_id, "submitting")
    store.change_status(owner, video_id, "processing", provider_task_id="881325677500892675")
    store.change_status(owner, video_id, "saving")
    facts = {"sha256": "0" * 64, "size_bytes": 9_000_000, "width": 1280, "height": 720, "cost_cents": 21}
    store.change_status(owner, video_id, "completed", completed_at="2026-11-28T12:00:00+00:00", **facts)
