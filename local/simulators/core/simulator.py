"""The base class of all simulators: start and stop, settings, faults, task list, control API and video downloads."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import asdict
from typing import Any, Generic, Self

from local.simulators.core import control_api, downloads
from local.simulators.core.callbacks import CallbackSender
from local.simulators.core.faults import Faults
from local.simulators.core.server import CloseConnection, Request, Response, Server, json_response
from local.simulators.core.settings import AnySettings, LiveSettings
from local.simulators.core.tasks import AnyTask, Tasks
from local.simulators.video.encoder_pool import EncoderPool


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
        self._settings = LiveSettings(settings)
        self._faults = faults
        self._tasks = tasks
        self._encoder_pool = EncoderPool()
        self._callbacks = CallbackSender(clock=clock, delivery=lambda: self._settings.current.callback_delivery)
        self._links = downloads.DownloadLinks()
        self._server = Server(self._respond, port=port, on_error=self._respond_with_error)

    @abstractmethod
    def _respond_as_provider(self, request: Request) -> Response: ...

    def _respond_with_error(self) -> Response:
        """Return the provider's response for an internal error."""
        return json_response({"error": "internal error"}, status=500)

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._callbacks.close()
        self._encoder_pool.close()  # before the server, so that no request still waits for a video
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def configure(self, **changes: Any) -> None:  # the fields of the settings
        """Change some settings. `finish_seconds` also moves the end of running tasks."""
        self._settings.update(**changes)
        if "finish_seconds" in changes:
            self._tasks.finish_after(changes["finish_seconds"], now=self._clock())

    @property
    def settings(self) -> dict[str, Any]:
        return asdict(self._settings.current)

    def fault(self, *, on: str, kind: str, times: int = 1, external_id: str | None = None, **details: Any) -> None:
        """Make the next `times` requests of this type fail. The provider's KINDS list the faults and their details."""
        self._faults.add(on=on, kind=kind, times=times, external_id=external_id, **details)

    def pending_faults(self) -> list[dict[str, Any]]:
        return self._faults.pending()

    def clear_faults(self) -> None:
        self._faults.clear()

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """Every accepted task, newest first."""
        return [task.describe(self._clock()) for task in self._tasks.all()]

    @property
    def create_calls(self) -> dict[str, int]:
        """The number of create requests by external id, accepted or not. The key "" counts requests without an id."""
        return self._tasks.create_calls()

    @property
    def unknown_fields(self) -> dict[str, int]:
        """The number of ignored fields by name: fields that the provider's API, or the model, does not have."""
        return self._tasks.unknown_fields()

    @property
    def callbacks(self) -> list[dict[str, Any]]:
        """Every callback that was due, oldest first, with the HTTP status of each attempt (None: no response)."""
        return self._callbacks.sent

    def deliver_callbacks(self) -> None:
        """Send every callback that is due now, and wait for its response. A background thread sends them, too."""
        self._callbacks.deliver_due()

    @property
    def encoded_videos(self) -> int:
        return self._encoder_pool.encoded

    def clear_tasks(self) -> None:
        """Delete all tasks, counts and callbacks, as in a new account."""
        self._tasks.clear()
        self._callbacks.clear()

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(control_api.PREFIX):
            return control_api.respond(request, self)
        if request.path.startswith(downloads.PREFIX):
            return self._download(request)
        return self._respond_as_provider(request)

    def _download(self, request: Request) -> Response:
        task, file = self._file(self._links.id(request, now=self._clock()) or "")
        if task is None or file is None:
            return downloads.forbidden()
        fault = self._faults.take("download", {task.external_id or ""}) if request.method == "GET" else None
        try:
            video = file.result()
        except CancelledError:
            raise CloseConnection from None
        return downloads.serve(video, request, fault=fault, pause=self._server.pause)

    def _file(self, id: str) -> tuple[AnyTask | None, Future[bytes] | None]:
        """Return the task and the video of this file id."""
        task = self._tasks.get(id)
        return task, task.video if task else None
