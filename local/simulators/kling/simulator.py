"""A Kling simulator on 127.0.0.1 with both APIs, real videos, and faults on demand."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from local.simulators.core.faults import Faults
from local.simulators.core.server import Request, Response
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.kling.api import KlingApi
from local.simulators.kling.auth import Credentials
from local.simulators.kling.codes import ApiError
from local.simulators.kling.settings import KINDS, KlingSettings
from local.simulators.kling.tasks import WATERMARKED, Task, Tasks


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
            callbacks=self._callbacks,
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

    def _respond_as_provider(self, request: Request) -> Response:
        return self._api.respond(request)

    def _respond_with_error(self) -> Response:
        return ApiError(5000).response()

    def _file(self, id: str) -> tuple[Task | None, Future[bytes] | None]:
        if not id.endswith(WATERMARKED):
            return super()._file(id)
        task = self._tasks.get(id.removesuffix(WATERMARKED))
        return task, task.watermarked if task else None

    def _link(self, id: str) -> str:
        """Return a new link for each response."""
        expires_at = self._clock() + self._settings.current.link_ttl_seconds
        return self.base_url + self._links.path(id, expires_at=expires_at)
