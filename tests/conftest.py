"""Fixtures: one local stack per process, its simulators, and a new user for each test."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config
from PIL import Image
from pynamodb.exceptions import UpdateError

from keepreel import aws, dispatch_trigger
from keepreel.db import refused_models, slots
from keepreel.db.slots import QueueState
from keepreel.db.tables import Video
from keepreel.dispatch import execution
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.videos import create_transaction
from local.aws.template import ACCOUNT_ID, REGION
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient
from tests.queue_driver import Queue

# A developer's real API keys must never be used, and charged, by the tests.
_KEY_PREFIXES = tuple(f"{name.upper()}_" for name in registry.PROVIDERS)
for name in [name for name in os.environ if name.startswith(_KEY_PREFIXES)]:
    del os.environ[name]


@pytest.fixture(scope="session")
def _patient_clients() -> Iterator[None]:
    """Let AWS calls take two minutes. The production timeouts of a few seconds depend on the machine's speed."""
    timeouts = aws._SHORT_TIMEOUTS.merge(Config(connect_timeout=60, read_timeout=120))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(aws, "_SHORT_TIMEOUTS", timeouts)
        yield


# Slots for every video that a test leaves unfinished.
_ROOM = {"ProviderCapacity": "kling=100000,higgsfield=100000"}


@pytest.fixture(scope="session")
def stack(_patient_clients: None) -> Iterator[Stack]:
    """A stack without waits in the workflow (WaitScale 0) and without callbacks. Its small videos finish at once."""
    parameters = {"WaitScale": "0", "DailyVideoLimit": "30", "Callbacks": "no", **_ROOM}
    simulator = {"finish_seconds": 0, "video_short_side": 64}
    # Without schedules: each minute, the sweeper would finish the videos that other tests have left.
    with Stack(parameters=parameters, simulator=simulator, has_schedules=False) as stack:
        from local.aws.direct_calls import direct_calls  # late, because moto takes seconds to import

        with direct_calls(stack.aws):
            yield stack


@pytest.fixture(scope="module")
def empty_tables(stack: Stack) -> None:
    """Remove the items and files that other modules have left: a scan would read them all, again and again."""
    from moto.dynamodb.models import dynamodb_backends
    from moto.s3.models import s3_backends

    stack.wait_until_idle()
    for table in dynamodb_backends[ACCOUNT_ID][REGION].tables.values():
        table.items.clear()
    s3_backends[ACCOUNT_ID]["aws"].buckets[stack.resources.attribute("MediaBucket", "Ref")].keys.clear()


@pytest.fixture
def kling(stack: Stack) -> Iterator[KlingSimulator]:
    """The stack's Kling simulator, reset after the test."""
    simulator = stack.simulators["kling"]
    assert isinstance(simulator, KlingSimulator)
    with _reset_afterwards(stack, simulator):
        yield simulator


@pytest.fixture
def higgsfield(stack: Stack) -> Iterator[HiggsfieldSimulator]:
    """The stack's Higgsfield simulator, reset after the test."""
    simulator = stack.simulators["higgsfield"]
    assert isinstance(simulator, HiggsfieldSimulator)
    with _reset_afterwards(stack, simulator):
        yield simulator


@contextmanager
def _reset_afterwards(stack: Stack, simulator: ProviderSimulator[Any, Any]) -> Iterator[None]:
    """Restore the simulator's settings after the test, and wait until no workflow runs into the next test."""
    settings, unknown_fields = simulator.settings, simulator.unknown_fields
    with _changed_queues() as changed, _created_videos() as created:
        yield
        simulator.clear_faults()
        simulator.configure(**settings)
        stack.wait_until_idle()
    for task in simulator._tasks.all():  # of a virtual future; it would count as running in later tests
        task.ends_at = min(task.ends_at, time.time())
    _leave_queues(created)
    for queue in changed:  # so that no later test waits for the end of a pause
        QueueState(queue, slots.STATE).delete()
    refused_models.forget()
    # A provider ignores a field that it does not know, and charges for the video without it.
    assert simulator.unknown_fields.keys() - unknown_fields.keys() == set()


@contextmanager
def _created_videos() -> Iterator[list[Video]]:
    """Collect the videos that are created."""
    created: list[Video] = []
    write = create_transaction.write

    def noted(videos: Sequence[Video], *arguments: Any) -> bool:
        created.extend(videos)
        return write(videos, *arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(create_transaction, "write", noted)
        yield created


def _leave_queues(videos: Iterable[Video]) -> None:
    """Take videos out of their queues, so that no later test's dispatcher starts them."""
    for video in videos:
        with suppress(UpdateError):
            video.update(actions=[Video.waiting_queue.remove()], condition=Video.waiting_queue.exists())


@contextmanager
def _changed_queues() -> Iterator[set[str]]:
    """Collect the queues whose state changes."""
    changed: set[str] = set()
    update = slots.update_state

    def noted(queue: str, *arguments: Any) -> bool:
        changed.add(queue)
        return update(queue, *arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(slots, "update_state", noted)
        yield changed


@pytest.fixture
def user(stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> ApiClient:
    return new_user(stack)


@pytest.fixture
def other_user(stack: Stack, kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> ApiClient:
    return new_user(stack)


@pytest.fixture
def without_workflow(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start no workflow: videos stay as created, and the test runs each step."""
    monkeypatch.setattr(execution, "start", lambda _video: True)
    monkeypatch.setattr(dispatch_trigger, "request", lambda _queue, _videos=(): None)
    with _created_videos() as created:
        yield
    _leave_queues(created)


@pytest.fixture
def queue(
    without_workflow: None, kling: KlingSimulator, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Queue]:
    """The default model's queue, empty, with a dispatcher that starts no workflow."""
    queue = Queue(limit, monkeypatch)
    yield queue
    queue.clear()


@pytest.fixture
def limit(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set limits by the names of their environment variables: `limit(DAILY_VIDEO_LIMIT=10)`."""

    def set_limits(**limits: object) -> None:
        for name, value in limits.items():
            monkeypatch.setenv(name, str(value))
        settings.cache_clear()

    yield set_limits
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A JPEG in landscape format."""
    out = BytesIO()
    Image.linear_gradient("L").resize((960, 720)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def new_user(stack: Stack) -> ApiClient:
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    return ApiClient(
        url=stack.url,
        token=stack.sign_in(email),
        wait_until=stack.wait_until,
        wait_until_idle=stack.wait_until_idle,
    )
