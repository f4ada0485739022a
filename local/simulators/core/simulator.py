"""What every simulator is beside its provider's API: run, steered, asked what happened, and a giver of real videos."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import asdict
from typing import Any, Generic, Self

from local.simulators.core import control_api as door
from local.simulators.core import downloads
from local.simulators.core.faults import Faults
from local.simulators.core.server import HangUp, Reply, Request, Server
from local.simulators.core.settings import AnySettings, Steering
from local.simulators.core.tasks import AnyTask, Tasks
from local.simulators.video.encoder_pool import Studio


class ProviderSimulator(ABC, Generic[AnySettings, AnyTask]):
    """Runs from `start` to `stop`, or as a context manager."""

    def __init__(
        self,
        *,
        settings: AnySettings,
        faults: Faults,
        tasks: Tasks[AnyTask],
        port: int,
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._steering = Steering(settings)
        self._faults = faults
        self._tasks = tasks
        self._studio = Studio()
        self._links = downloads.Links()
        self._server = Server(self._answer, port=port)

    @abstractmethod
    def _answer_as_provider(self, request: Request) -> Reply: ...

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._studio.close()  # first, so that no request waits for a film any more
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def steer(self, **changes: Any) -> None:  # the fields of the settings
        """Changes some settings; `finish_seconds` also moves the end of the tasks that are still running."""
        self._steering.steer(**changes)
        if "finish_seconds" in changes:
            self._tasks.finish_after(changes["finish_seconds"], now=self._clock())

    def shown_settings(self) -> dict[str, Any]:
        return asdict(self._steering.settings)

    def fault(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None:
        """Makes the next `times` requests of this sort go wrong; the provider's KINDS say what can, and how."""
        self._faults.add(on=on, kind=kind, times=times, external_id=external_id, **details)

    def waiting_faults(self) -> list[dict[str, Any]]:
        return self._faults.waiting()

    def clear_faults(self) -> None:
        self._faults.clear()

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """Every task that was accepted, newest first."""
        return [task.described(self._clock()) for task in self._tasks.all()]

    @property
    def create_calls(self) -> dict[str, int]:
        """How many create requests came under each external id, accepted or not; "" stands for none."""
        return self._tasks.create_calls()

    @property
    def films_made(self) -> int:
        return self._studio.filmed

    def forget(self) -> None:
        """Drops all tasks and counts, as if the account were new."""
        self._tasks.forget()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(door.PREFIX):
            return door.answer(request, self)
        if request.path.startswith(downloads.PREFIX):
            return self._download(request)
        return self._answer_as_provider(request)

    def _download(self, request: Request) -> Reply:
        task = self._tasks.get(self._links.id(request, now=self._clock()) or "")
        if task is None or task.film is None:
            return downloads.forbidden()
        fault = self._faults.take("download", {task.external_id or ""}) if request.method == "GET" else None
        try:
            film = task.film.result()
        except CancelledError:
            raise HangUp from None
        return downloads.serve(film, request, fault=fault, pause=self._server.pause)
