"""Killed before or after any effect, any number of times: in the end one paid task, one kept video, nothing astray."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from keepreel import aws, storage
from keepreel.models import Video
from keepreel.providers import kling as adapter
from keepreel.settings import settings
from local.simulators.kling import KlingSimulator
from tests.faults.steps import STEPS, ask, facts, now, step, usage

# Whatever changes something outside the process, or asks the provider.
EFFECTS: list[tuple[Any, str]] = [
    (Video, "update"),
    (TransactWrite, "_commit"),
    (adapter, "submit"),
    (adapter, "find"),
    (adapter, "poll"),
    (storage.Writer, "finish"),
    (storage, "put_thumbnail"),
]
EFFECTS_OF_ONE_VIDEO = 9  # intent, submit, bind, poll, saving, poll, file, thumbnail, completed
_MOST_STEPS = 200


class Killed(RuntimeError):
    """The process is gone; nothing in the code knows this class."""


class Fate:
    """Decides, effect by effect, whether the process dies before it, after it, or lives."""

    def __init__(self, decide: Callable[[int], str]) -> None:
        self._decide = decide
        self.effects = 0

    def around(self, effect: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            fate = self._decide(self.effects)
            self.effects += 1
            if fate == "before":
                raise Killed
            answer = effect(*args, **kwargs)
            if fate == "after":
                raise Killed
            return answer

        return run


@contextmanager
def fated(decide: Callable[[int], str]) -> Iterator[Fate]:
    fate = Fate(decide)
    with pytest.MonkeyPatch.context() as patched:
        for place, name in EFFECTS:
            patched.setattr(place, name, fate.around(getattr(place, name)))
        yield fate


def drive(video: Video, random: Random) -> None:
    """What the platform does: runs the next step, the same one again, or the whole workflow from its start."""
    status = "queued"
    for _ in range(_MOST_STEPS):
        if now(video).status in ("completed", "failed"):
            return
        try:
            status = step(status if status in STEPS else "queued", video)
        except Killed:
            status = random.choice([status, "queued"])
    raise AssertionError(f"stuck as {now(video).status}")


def assert_made_once(video: Video, kling: KlingSimulator) -> None:
    record = now(video)
    files = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
    open_uploads = aws.s3().list_multipart_uploads(Bucket=settings().media_bucket).get("Uploads", [])
    assert facts(record, "status", "error_code", "in_flight_shard", "next_check_at") == ("completed", None, None, None)
    assert usage(video) == 1
    assert [task["id"] for task in kling.tasks if task["external_id"] == video.video_id] == [record.provider_task_id]
    assert files["KeyCount"] == 2
    assert [upload["Key"] for upload in open_uploads if video.video_id in upload["Key"]] == []


def test_one_video_has_as_many_effects_as_are_killed_here(kling: KlingSimulator) -> None:
    video = ask()

    with fated(lambda _: "lives") as fate:
        drive(video, Random(0))

    assert fate.effects == EFFECTS_OF_ONE_VIDEO
    assert_made_once(video, kling)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("effect", range(EFFECTS_OF_ONE_VIDEO))
def test_killed_once_anywhere(effect: int, moment: str, kling: KlingSimulator) -> None:
    video = ask()

    with fated(lambda at: moment if at == effect else "lives"):
        drive(video, Random(effect))

    assert_made_once(video, kling)


@pytest.mark.parametrize("seed", range(40))
def test_killed_at_random_again_and_again(seed: int, kling: KlingSimulator) -> None:
    random, video = Random(seed), ask()

    with fated(lambda _: random.choices(["lives", "before", "after"], weights=[8, 1, 1])[0]):
        drive(video, random)

    assert_made_once(video, kling)
