"""Killed before or after any effect, any number of times: in the end one paid task, one kept video, nothing astray."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from pynamodb.transactions import TransactWrite

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.media import storage
from keepreel.providers.higgsfield import adapter as higgsfield_adapter
from keepreel.providers.kling import adapter as kling_adapter
from keepreel.settings import settings
from keepreel.workflow import notifications
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.workflow_driver import STEPS, create_video, create_video_from_upload, facts, now, quotas_used, step

# Whatever changes something outside the process, or asks a provider.
EFFECTS: list[tuple[Any, str]] = [
    (Video, "update"),
    (TransactWrite, "_commit"),
    *[(adapter, name) for adapter in (kling_adapter, higgsfield_adapter) for name in ("submit", "find", "poll")],
    (higgsfield_adapter, "upload_image"),
    (storage.Writer, "finish"),
    (storage, "put_thumbnail"),
    (notifications, "publish"),
]
EFFECTS_OF_ONE_VIDEO = {
    "kling": 11,  # intent, submit, bind, poll, saving, poll, file, thumbnail, completed, event, and that it was told
    "higgsfield": 13,  # the image to its place, the place noted, and then the same
}
CASES = [(name, effect) for name, effects in EFFECTS_OF_ONE_VIDEO.items() for effect in range(effects)]
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
        try:
            status = step(status if status in STEPS else "queued", video)
        except Killed:
            status = random.choice([status, "queued"] if now(video).status != "completed" else [status])
        else:
            if status == "completed":
                return
    raise AssertionError(f"stuck as {now(video).status}")


@pytest.fixture
def asked(kling: KlingSimulator, higgsfield: HiggsfieldSimulator, picture: bytes) -> Callable[[str], Video]:
    """Asks a provider for a video."""
    return lambda provider: create_video() if provider == "kling" else create_video_from_upload(picture)


@pytest.fixture
def assert_made_once(stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Callable[[Video], None]:
    def check(video: Video) -> None:
        record = now(video)
        tasks = [*kling.tasks, *higgsfield.tasks]
        files = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
        open_uploads = aws.s3().list_multipart_uploads(Bucket=settings().media_bucket).get("Uploads", [])
        told = {it["detail-type"] for it in stack.event_bus.events if it["detail"].get("video_id") == video.video_id}
        closed = ("completed", None, None, None)
        assert facts(record, "status", "error_code", "in_flight_shard", "next_check_at") == closed
        assert quotas_used(video) == (1, video.estimated_cost_cents, 0)
        assert [it["id"] for it in tasks if it["external_id"] == video.video_id] == [record.provider_task_id]
        assert files["KeyCount"] == 2
        assert [upload["Key"] for upload in open_uploads if video.video_id in upload["Key"]] == []
        assert told == {"VideoCompleted"}

    return check


@pytest.mark.parametrize("provider", EFFECTS_OF_ONE_VIDEO)
def test_one_video_has_as_many_effects_as_are_killed_here(
    provider: str, asked: Callable[[str], Video], assert_made_once: Callable[[Video], None]
) -> None:
    video = asked(provider)

    with fated(lambda _: "lives") as fate:
        drive(video, Random(0))

    assert fate.effects == EFFECTS_OF_ONE_VIDEO[provider]
    assert_made_once(video)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("provider", "effect"), CASES)
def test_killed_once_anywhere(
    provider: str,
    effect: int,
    moment: str,
    asked: Callable[[str], Video],
    assert_made_once: Callable[[Video], None],
) -> None:
    video = asked(provider)

    with fated(lambda at: moment if at == effect else "lives"):
        drive(video, Random(effect))

    assert_made_once(video)


@pytest.mark.parametrize("provider", EFFECTS_OF_ONE_VIDEO)
def test_killed_at_random_again_and_again(
    provider: str, fault_seed: int, asked: Callable[[str], Video], assert_made_once: Callable[[Video], None]
) -> None:
    random, video = Random(fault_seed), asked(provider)

    with fated(lambda _: random.choices(["lives", "before", "after"], weights=[8, 1, 1])[0]):
        drive(video, random)

    assert_made_once(video)
