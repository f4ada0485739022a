"""Kill the workflow before or after any effect: in the end there is one paid task, one stored video and no leftover."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
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

# Every call that changes something outside the process or sends a request to a provider.
EFFECTS: list[tuple[Any, str]] = [
    (Video, "update"),
    (TransactWrite, "_commit"),
    *[(adapter, name) for adapter in (kling_adapter, higgsfield_adapter) for name in ("submit", "find", "poll")],
    (higgsfield_adapter, "upload_image"),
    (storage, "put_video"),
    (storage, "put_thumbnail"),
    (storage, "put_report"),
    (notifications, "publish"),
]
EFFECTS_OF_ONE_VIDEO = {
    # slot, attempt, submit, task id, poll, saving, poll, file, thumbnail, report, completed, event, published
    "kling": 13,
    "higgsfield": 15,  # also: image upload, its URL
}
CASES = [(name, effect) for name, effects in EFFECTS_OF_ONE_VIDEO.items() for effect in range(effects)]
_MAX_STEPS = 200


class Killed(RuntimeError):
    """The process was killed. No code catches this class."""


class KillPlan:
    """Decide for each effect whether the process dies before it, dies after it, or survives."""

    def __init__(self, decide: Callable[[int], str]) -> None:
        self._decide = decide
        self.effects = 0

    def around(self, effect: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            death = self._decide(self.effects)
            self.effects += 1
            if death == "before":
                raise Killed
            result = effect(*args, **kwargs)
            if death == "after":
                raise Killed
            return result

        return run


@contextmanager
def killing(decide: Callable[[int], str]) -> Iterator[KillPlan]:
    plan = KillPlan(decide)
    with pytest.MonkeyPatch.context() as patched:
        for place, name in EFFECTS:
            patched.setattr(place, name, plan.around(getattr(place, name)))
        yield plan


def drive(video: Video, random: Random) -> None:
    """Run the workflow as AWS does: the next step, the same one again, or everything from the start."""
    status = "queued"
    for _ in range(_MAX_STEPS):
        try:
            status = step(status if status in STEPS else "queued", video)
        except Killed:
            status = random.choice([status, "queued"] if now(video).status != "completed" else [status])
        else:
            if status == "completed":
                return
    raise AssertionError(f"stuck as {now(video).status}")


@pytest.fixture
def create(kling: KlingSimulator, higgsfield: HiggsfieldSimulator, picture: bytes) -> Callable[[str], Video]:
    """Create a video for a provider."""
    return lambda provider: create_video() if provider == "kling" else create_video_from_upload(picture)


@pytest.fixture
def assert_created_once(
    stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> Callable[[Video], None]:
    def check(video: Video) -> None:
        record = now(video)
        tasks = [*kling.tasks, *higgsfield.tasks]
        files = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{video.video_id}/")
        open_uploads = aws.s3().list_multipart_uploads(Bucket=settings().media_bucket).get("Uploads", [])
        published = {
            it["detail-type"] for it in stack.event_bus.events if it["detail"].get("video_id") == video.video_id
        }
        closed = ("completed", None, None, None)
        assert facts(record, "status", "error_code", "in_flight_shard", "next_check_at") == closed
        assert quotas_used(video) == (1, video.estimated_cost_cents, 0)
        assert [it["id"] for it in tasks if it["external_id"] == video.video_id] == [record.provider_task_id]
        assert files["KeyCount"] == 3
        stored = aws.s3().get_object(Bucket=settings().media_bucket, Key=storage.video_key(record))["Body"].read()
        assert facts(record, "sha256", "content_credentials") == (sha256(stored).hexdigest(), "valid")
        assert [upload["Key"] for upload in open_uploads if video.video_id in upload["Key"]] == []
        assert published == {"VideoCompleted"}

    return check


@pytest.mark.parametrize("provider", EFFECTS_OF_ONE_VIDEO)
def test_number_of_effects_per_video_is_known(
    provider: str, create: Callable[[str], Video], assert_created_once: Callable[[Video], None]
) -> None:
    video = create(provider)

    with killing(lambda _: "survives") as plan:
        drive(video, Random(0))

    assert plan.effects == EFFECTS_OF_ONE_VIDEO[provider]
    assert_created_once(video)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("provider", "effect"), CASES)
def test_one_kill_at_any_effect_is_recovered(
    provider: str,
    effect: int,
    moment: str,
    create: Callable[[str], Video],
    assert_created_once: Callable[[Video], None],
) -> None:
    video = create(provider)

    with killing(lambda at: moment if at == effect else "survives"):
        drive(video, Random(effect))

    assert_created_once(video)


@pytest.mark.parametrize("provider", EFFECTS_OF_ONE_VIDEO)
def test_repeated_random_kills_are_recovered(
    provider: str, fault_seed: int, create: Callable[[str], Video], assert_created_once: Callable[[Video], None]
) -> None:
    random, video = Random(fault_seed), create(provider)

    with killing(lambda _: random.choices(["survives", "before", "after"], weights=[8, 1, 1])[0]):
        drive(video, random)

    assert_created_once(video)
