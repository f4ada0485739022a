"""A Higgsfield simulator on 127.0.0.1 with idempotency keys, uploads, real videos, and faults on demand."""

import math
import time
from collections.abc import Callable
from typing import Any

from local.simulators.core.faults import Faults
from local.simulators.core.server import Request, Response, html_response
from local.simulators.core.simulator import ProviderSimulator
from local.simulators.higgsfield.api import HiggsfieldApi, with_correlation_id
from local.simulators.higgsfield.auth import Credentials
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.settings import KINDS, HiggsfieldSettings
from local.simulators.higgsfield.tasks import Task, Tasks
from local.simulators.higgsfield.uploads import Uploads
from local.simulators.higgsfield.webhooks import Webhooks


class HiggsfieldSimulator(ProviderSimulator[HiggsfieldSettings, Task]):
    """Accepts the fields of `HiggsfieldSettings` here or in `configure`. The faults are listed in `settings.KINDS`."""

    def __init__(
        self,
        *,
        key: str,  # <id>:<secret>
        port: int = 0,
        clock: Callable[[], float] = time.time,
        **settings: Any,  # the fields of HiggsfieldSettings
    ) -> None:
        faults, tasks = Faults(KINDS), Tasks()
        super().__init__(settings=HiggsfieldSettings(**settings), faults=faults, tasks=tasks, port=port, clock=clock)
        self._higgsfield_tasks = tasks
        self._uploads = Uploads(self.base_url)
        self._api = HiggsfieldApi(
            base_url=self.base_url,
            credentials=Credentials(key=key),
            settings=self._settings,
            faults=faults,
            tasks=tasks,
            uploads=self._uploads,
            encoder_pool=self._encoder_pool,
            webhooks=Webhooks(sender=self._callbacks),
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

    def configure(self, **changes: Any) -> None:  # the fields of HiggsfieldSettings
        """Change some settings. `queue_seconds` also moves the start of queued tasks."""
        super().configure(**changes)
        if "queue_seconds" in changes:
            self._higgsfield_tasks.start_after(self._settings.current.queued_for_seconds, now=self._clock())

    def clear_tasks(self) -> None:
        super().clear_tasks()
        self._uploads.clear()

    def _download(self, request: Request) -> Response:
        """Return 404, or as set, for a file that expired or was deleted. A forged link stays forbidden."""
        id = self._links.id(request, now=-math.inf)
        task = self._tasks.get(id or "")
        is_expired = self._links.id(request, now=self._clock()) is None
        if id and (task is None or task.video is None or is_expired):
            return html_response("This file is gone", status=self._settings.current.expired_link_status)
        return super()._download(request)

    def _respond_with_error(self) -> Response:
        return with_correlation_id(ApiError(500).response())

    def _respond_as_provider(self, request: Request) -> Response:
        return self._api.respond(request)

    def _link(self, task: Task) -> str:
        """Return the same link until it expires."""
        expires_at = task.file_expires_at(link_ttl_seconds=self._settings.current.link_ttl_seconds)
        return self.base_url + self._links.path(task.id, expires_at=expires_at)
