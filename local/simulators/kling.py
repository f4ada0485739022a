"""A Kling of one's own on 127.0.0.1: both API standards, real videos, and every fault on demand."""

import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import asdict
from typing import Any, Self

from local.simulators import door, downloads
from local.simulators.faults import Faults
from local.simulators.kling_api import KlingApi
from local.simulators.kling_auth import Credentials
from local.simulators.kling_tasks import Task, Tasks
from local.simulators.server import HangUp, Reply, Request, Server
from local.simulators.steering import Settings, Steering
from local.simulators.studio import Studio


class KlingSimulator:
    """Runs from `start` to `stop`, or as a context manager; takes the fields of `Settings` at once or by `steer`."""

    def __init__(
        self,
        *,
        api_key: str,
        access_key: str,
        secret_key: str,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        **settings: Any,  # the fields of Settings
    ) -> None:
        self._clock = clock
        self._steering = Steering(Settings(**settings))
        self._faults = Faults()
        self._tasks = Tasks()
        self._studio = Studio()
        self._links = downloads.Links()
        self._server = Server(self._answer, port=port)
        self._api = KlingApi(
            credentials=Credentials(api_key=api_key, access_key=access_key, secret_key=secret_key),
            steering=self._steering,
            faults=self._faults,
            tasks=self._tasks,
            studio=self._studio,
            link=self._link,
            clock=clock,
            pause=self._server.pause,
        )

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

    def steer(self, **changes: Any) -> None:  # the fields of Settings
        """Changes some settings; `finish_seconds` also moves the end of the tasks that are still running."""
        self._steering.steer(**changes)
        if "finish_seconds" in changes:
            self._tasks.finish_after(changes["finish_seconds"], now=self._clock())

    def shown_settings(self) -> dict[str, Any]:
        return asdict(self._steering.settings)

    def fault(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None:
        """Makes the next `times` requests of this sort go wrong; `faults.KINDS` lists what can, and its details."""
        self._faults.add(on=on, kind=kind, times=times, external_id=external_id, **details)

    def waiting_faults(self) -> list[dict[str, Any]]:
        return self._faults.waiting()

    def clear_faults(self) -> None:
        self._faults.clear()

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """Every task that was accepted, newest first."""
        return [self._described(task) for task in self._tasks.all()]

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
        return self._api.answer(request)

    def _link(self, id: str) -> str:
        dies_at = self._clock() + self._steering.settings.link_ttl_seconds
        return self.base_url + self._links.path(id, dies_at=dies_at)

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

    def _described(self, task: Task) -> dict[str, Any]:
        return {
            "id": task.id,
            "external_id": task.external_id,
            "kind": task.kind,
            "model": task.model,
            "status": task.status(self._clock()),
            "body": task.body,
            "created_at": task.created_at,
        }
