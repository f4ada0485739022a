"""A Higgsfield of one's own on 127.0.0.1: keys that replay, its own uploads, real videos, and every fault on demand."""

import time
from collections.abc import Callable
from typing import Any

from local.simulators.core.faults import Faults
from local.simulators.core.server import Reply, Request
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.higgsfield.api import HiggsfieldApi
from local.simulators.higgsfield.auth import Credentials
from local.simulators.higgsfield.settings import KINDS, HiggsfieldSettings
from local.simulators.higgsfield.tasks import Task, Tasks
from local.simulators.higgsfield.uploads import Uploads


class HiggsfieldSimulator(ProviderSimulator[HiggsfieldSettings, Task]):
    """Takes the fields of `HiggsfieldSettings` at once or by `steer`, and the faults of `higgsfield_steering.KINDS`."""

    def __init__(
        self,
        *,
        key: str,  # <id>:<secret>
        port: int = 0,
        clock: Callable[[], float] = time.time,
        **settings: Any,  # the fields of HiggsfieldSettings
    ) -> None:
        faults, requests = Faults(KINDS), Tasks()
        super().__init__(settings=HiggsfieldSettings(**settings), faults=faults, tasks=requests, port=port, clock=clock)
        self._requests = requests
        self._uploads = Uploads(self.base_url)
        self._api = HiggsfieldApi(
            base_url=self.base_url,
            credentials=Credentials(key=key),
            steering=self._steering,
            faults=faults,
            tasks=requests,
            uploads=self._uploads,
            studio=self._studio,
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

    def steer(self, **changes: Any) -> None:  # the fields of HiggsfieldSettings
        """As every simulator; `queue_seconds` also moves the start of what is still queued."""
        super().steer(**changes)
        if "queue_seconds" in changes:
            self._requests.start_after(self._steering.settings.queued_for_seconds, now=self._clock())

    def forget(self) -> None:
        super().forget()
        self._uploads.forget()

    def _answer_as_provider(self, request: Request) -> Reply:
        return self._api.answer(request)

    def _link(self, task: Task) -> str:
        """Always the same one, until it dies."""
        dies_at = task.file_dies_at(link_ttl_seconds=self._steering.settings.link_ttl_seconds)
        return self.base_url + self._links.path(task.id, dies_at=dies_at)
