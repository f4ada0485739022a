"""A Kling simulator on 127.0.0.1 with both APIs, real videos, and faults on demand."""

import time
from collections.abc import Callable
from typing import Any

from local.simulators.core.faults import Faults
from local.simulators.core.server import Request, Response
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.kling.api import KlingApi
from local.simulators.kling.auth import Credentials
from local.simulators.kling.settings import KINDS, KlingSettings
from local.simulators.kling.tasks import Task, Tasks


class KlingSimulator(ProviderSimulator[KlingSettings, Task]):
    """Accepts the fields of `KlingSettings` here or in `configure`. The faults are listed in `settings.KINDS`."""

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
            settings=self._settings,
            faults=self._faults,
            tasks=tasks,
            encoder_pool=self._encoder_pool,
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

    def _respond_as_provider(self, request: Request) -> Response:
        return self._api.respond(request)

    def _link(self, id: str) -> str:
        """Return a new link for each response."""
        expires_at = self._clock() + self._settings.current.link_ttl_seconds
        return self.base_url + self._links.path(id, expires_at=expires_at)
