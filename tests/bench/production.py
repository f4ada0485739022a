"""Production's waits without waiting: settings, simulators on a virtual clock, and task tokens."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session

from keepreel.db.slots import Slot
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.settings import settings
from local.simulators.core.simulator import ProviderSimulator
from tests.virtual_workflow import Clock

_ANSWERS = ("AWSStepFunctions.SendTaskSuccess", "AWSStepFunctions.SendTaskFailure")


def delete_unfinished() -> None:
    """Delete what other measurements left in the queues, because it would take the slots."""
    for video in Video.scan(Video.status != Status.COMPLETED):
        video.delete()
    for slot in Slot.scan():
        slot.delete()


@contextmanager
def production(*, has_callbacks: bool, wait_scale: str = "1") -> Iterator[None]:
    """Set what the workflow does in production, instead of the tests' short waits."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WAIT_SCALE", wait_scale)
        patched.setenv("CALLBACKS", "yes" if has_callbacks else "no")
        settings.cache_clear()
        yield
    settings.cache_clear()


@contextmanager
def on_clock(simulator: ProviderSimulator[Any, Any], clock: Clock) -> Iterator[None]:
    """Let a simulator read the virtual clock."""
    api: Any = simulator._api  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(simulator, "_clock", lambda: clock.now().timestamp())
        patched.setattr(simulator, "_api", replace(api, clock=simulator._clock))
        settings_before = simulator.settings
        yield
        simulator.clear_tasks()
        simulator.configure(**settings_before)


@contextmanager
def caught_answers(answers: dict[str, Any]) -> Iterator[None]:
    """Keep the answers to task tokens of virtual executions from Step Functions, which does not know them."""
    send: Callable[[Any, Any], Any] = URLLib3Session.send

    def caught(session: Any, request: Any) -> Any:
        target = request.headers.get("X-Amz-Target") or b""
        if (target.decode() if isinstance(target, bytes) else target) not in _ANSWERS:
            return send(session, request)
        body = json.loads(request.body)
        answers[body["taskToken"]] = json.loads(body["output"])
        return AWSResponse(request.url, 200, HeadersDict({"content-length": "2"}), _Empty())  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(URLLib3Session, "send", caught)
        yield


class _Empty:
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield b"{}"
