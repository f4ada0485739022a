"""A Kling of one's own on 127.0.0.1: both API standards, real videos, and every fault on demand."""

import time
from collections.abc import Callable
from typing import Any

from local.simulators.core.faults import Faults
from local.simulators.core.server import Reply, Request
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.kling.api import KlingApi
from local.simulators.kling.auth import Credentials
from local.simulators.kling.settings import KINDS, KlingSettings
from local.simulators.kling.tasks import Task, Tasks


class KlingSimulator(ProviderSimulator[KlingSettings, Task]):
    """Takes the fields of `KlingSettings` at once or by `steer`, and the faults of `kling_steering.KINDS`."""

    def __init__(
        self,
        *,
        api_key: str,
        access_key: str,
        secret_key: str,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        **settings: Any,  # the fields of KlingSettings
    ) -> None:
        tasks = Tasks()
        super().__init__(settings=KlingSettings(**settings), faults=Faults(KINDS), tasks=tasks, port=port, clock=clock)
        self._api = KlingApi(
            credentials=Credentials(api_key=api_key, access_key=access_key, secret_key=secret_key),
            steering=self._steering,
            faults=self._faults,
            tasks=tasks,
            studio=self._studio,
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

    def _answer_as_provider(self, request: Request) -> Reply:
        return self._api.answer(request)

    def _link(self, id: str) -> str:
        """A fresh one with each answer."""
        dies_at = self._clock() + self._steering.settings.link_ttl_seconds
        return self.base_url + self._links.path(id, dies_at=dies_at)
