"""How sweeps share their time, with a model of the due videos: a look takes 0.14 virtual seconds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from keepreel import metrics, sweeper
from keepreel.db import due_videos
from keepreel.db.due_videos import Due
from keepreel.db.tables import IN_FLIGHT_SHARDS

SECONDS_PER_LOOK = 0.14
RUN_SECONDS = 50
SWEEP_SECONDS = 60


@dataclass
class Model:
    """Due videos by shard: when each is due, in seconds. A look postpones a video by `again_after`."""

    again_after: float = 300
    now: float = 0
    due: dict[int, dict[str, float]] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)
    invoked: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, shard: int, count: int, *, name: str, due_at: float = 0) -> None:
        of_shard = self.due.setdefault(shard, {})
        of_shard.update({f"{name} {shard} {index}": due_at for index in range(count)})

    def find(self, shard: int) -> Iterator[Due]:
        found = sorted((at, id) for id, at in self.due.get(shard, {}).items() if at <= self.now)
        return (Due(owner=str(shard), video_id=id, next_check_at=str(at)) for at, id in found)

    def process(self, due: Due) -> bool:
        self.now += SECONDS_PER_LOOK
        self.looks.append(due.video_id)
        self.due[int(due.owner)][due.video_id] = self.now + self.again_after
        return True

    def invoke(self, _function: str, shard: int, *, parts: int) -> None:
        self.invoked += [(shard, part, parts) for part in range(parts)]

    def run(self) -> int:
        """Run a sweep: the scheduled run, and the runs that it invokes, which all begin at once."""
        begin, looks = self.now, 0
        self.invoked.clear()
        sweeper.fan_out(function_name="sweep", seconds_left=RUN_SECONDS)
        for shard, part, parts in self.invoked:
            self.now = begin
            looks += sweeper.sweep(seconds_left=RUN_SECONDS, shards=[shard], part=part, parts=parts)
        self.now = begin + SWEEP_SECONDS
        return looks


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(sweeper, "time", SimpleNamespace(monotonic=lambda: model.now))
    monkeypatch.setattr(due_videos, "find", model.find)
    monkeypatch.setattr(due_videos, "read", lambda _group: [])
    monkeypatch.setattr(due_videos, "seconds_late", lambda due: model.now - float(due.next_check_at))
    monkeypatch.setattr(sweeper, "_process", model.process)
    monkeypatch.setattr(sweeper, "_invoke", model.invoke)
    return model


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    counted: list[tuple[str, float]] = []
    count: Callable[..., None] = lambda name, value=1, **_: counted.append((name, value))  # noqa: E731
    monkeypatch.setattr(metrics, "count", count)
    return counted


def test_full_shard_does_not_delay_another(model: Model) -> None:
    model.again_after = 0  # the full shard stays full
    model.add(0, 2000, name="many")
    model.add(3, 10, name="few", due_at=-5 * 3600)
    model.run()

    assert len([it for it in model.looks if it.startswith("few")]) >= 10


def test_one_run_over_all_shards_gives_each_its_share(model: Model) -> None:
    model.again_after = 0
    model.add(0, 2000, name="many")
    model.add(3, 10, name="few", due_at=-5 * 3600)
    sweeper.sweep(seconds_left=RUN_SECONDS)

    assert len([it for it in model.looks if it.startswith("few")]) >= 10


def test_oldest_video_of_a_full_shard_is_first(model: Model) -> None:
    model.add(0, 2000, name="young", due_at=-60)
    model.add(0, 1, name="old", due_at=-3600)
    sweeper.sweep(seconds_left=RUN_SECONDS, shards=[0])

    assert model.looks[0].startswith("old")


def test_each_video_of_a_full_shard_is_looked_at_before_any_is_looked_at_again(model: Model) -> None:
    model.again_after = 1
    model.add(0, 1000, name="many")
    while len(model.looks) < 1000:
        model.run()

    assert len(set(model.looks[:1000])) == 1000


def test_10_000_due_videos_are_finished_in_one_sweep(model: Model) -> None:
    model.again_after = 24 * 3600
    for shard in range(IN_FLIGHT_SHARDS):
        model.add(shard, 2500, name="due")

    assert [model.run(), model.run()] == [10_000, 0]
    assert len(set(model.looks)) == 10_000


def test_10_000_due_videos_of_one_shard_are_finished_in_four_sweeps(model: Model) -> None:
    model.again_after = 24 * 3600
    model.add(2, 10_000, name="due")
    sweeps = 0
    while model.run():
        sweeps += 1

    assert (len(model.looks), len(set(model.looks)), sweeps) == (10_000, 10_000, 4)


def test_runs_of_a_full_shard_have_an_equal_part_each(model: Model) -> None:
    model.again_after = 24 * 3600
    model.add(2, 800, name="due")

    looks = [sweeper.sweep(seconds_left=RUN_SECONDS, shards=[2], part=part, parts=8) for part in range(8)]

    assert sum(looks) == 800
    assert max(looks) < 2 * min(looks)


def test_shard_with_few_due_videos_is_swept_by_one_run(model: Model) -> None:
    model.add(1, 20, name="due")
    model.run()

    assert model.invoked == [(1, 0, 1)]


def test_run_out_of_time_is_counted(model: Model, counted: list[tuple[str, float]]) -> None:
    model.add(0, 10_000, name="many")
    model.run()

    assert ("SweepTruncated", 1) in counted


def test_scheduled_run_counts_a_heartbeat_and_the_oldest_age(model: Model, counted: list[tuple[str, float]]) -> None:
    model.add(0, 1, name="young", due_at=-60)
    model.add(3, 1, name="old", due_at=-3600)
    model.run()

    assert counted == [("OldestDueSeconds", 3600), ("SweepRan", 1)]


def test_idle_run_counts_a_heartbeat(model: Model, counted: list[tuple[str, float]]) -> None:
    assert (model.run(), counted) == (0, [("SweepRan", 1)])


def test_run_that_cannot_read_a_shard_has_no_heartbeat_and_invokes_the_others(
    model: Model, counted: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(shard: int) -> Iterator[Due]:
        if shard == 0:
            raise OSError("the table does not respond")
        return model.find(shard)

    monkeypatch.setattr(due_videos, "find", find)
    model.add(1, 1, name="due")

    assert model.run() == 1
    assert ("SweepRan", 1) not in counted


def test_run_without_time_left_has_no_heartbeat(model: Model, counted: list[tuple[str, float]]) -> None:
    assert sweeper.fan_out(function_name="sweep", seconds_left=-1) == []
    assert counted == []
