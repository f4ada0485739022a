"""Higgsfield's HTTP API: its routes, and per request the credentials check, the injected fault and the response."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from local.simulators.core import routing
from local.simulators.core.faults import Fault, Faults, apply
from local.simulators.core.routing import catching_errors
from local.simulators.core.server import Request, Response, json_response
from local.simulators.core.settings import LiveSettings
from local.simulators.higgsfield import requests
from local.simulators.higgsfield.auth import Credentials
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.models import validate
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import Outcome, Task, Tasks, utc
from local.simulators.higgsfield.uploads import PREFIX, Uploads
from local.simulators.video.encoder_pool import EncoderPool

_USD_PER_CREDIT = Decimal("0.0625")
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class HiggsfieldApi:
    base_url: str
    credentials: Credentials
    settings: LiveSettings[HiggsfieldSettings]
    faults: Faults
    tasks: Tasks
    uploads: Uploads
    encoder_pool: EncoderPool
    link: Callable[[Task], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def respond(self, request: Request) -> Response:
        return routing.dispatch(self, request, routes=_ROUTES, no_path=ApiError(404), no_method=ApiError(405))

    def create(self, request: Request, model: str) -> Response:
        key = request.headers.get("idempotency-key", "")
        self.tasks.count_create(key)
        self.credentials.check(request.headers)
        fault = self.faults.take("create", {key})
        return self._with_fault(fault, lambda: self._accept(request, model, outcome=_outcome(fault)))

    def estimate(self, request: Request, model: str) -> Response:
        self.credentials.check(request.headers)
        unavailable = self.settings.current.unavailable_models
        credits = validate(model, requests.json_object(request), unavailable=unavailable).credits
        usd = credits * _USD_PER_CREDIT
        return json_response({"credits": str(credits.quantize(_THOUSANDTH)), "usd": str(usd.quantize(_THOUSANDTH))})

    def status(self, request: Request, id: str) -> Response:
        self.credentials.check(request.headers)
        fault = self._take("query", id)

        def work() -> Response:
            if fault and fault.kind == "vanish":
                raise _not_found()
            task = self._task(id)
            if fault and fault.kind == "unknown_status":
                return json_response(self._summary(task, status=fault.details["word"]))
            return json_response(self._view(task))

        return self._with_fault(fault, work)

    def cancel(self, request: Request, id: str) -> Response:
        self.credentials.check(request.headers)

        def work() -> Response:
            self.tasks.cancel(self._task(id), now=self.clock())
            return Response(status=202, headers={"Content-Length": "0"})

        return self._with_fault(self._take("cancel", id), work)

    def delete(self, request: Request, id: str) -> Response:
        self.credentials.check(request.headers)
        self.tasks.delete_data(self._task(id), now=self.clock())
        return Response(status=204, headers={"Connection": "close"})

    def create_upload(self, request: Request) -> Response:
        self.credentials.check(request.headers)

        def work() -> Response:
            content_type = requests.json_object(request).get("content_type")
            return json_response(self.uploads.create(content_type, now=self.clock()))

        return self._with_fault(self.faults.take("upload", set()), work)

    def put_file(self, request: Request, name: str) -> Response:
        fault = self.faults.take("upload_file", set())
        return self._with_fault(fault, lambda: self.uploads.put(request, name, now=self.clock()))

    def get_file(self, _: Request, name: str) -> Response:
        return self.uploads.get(name)

    def _accept(self, request: Request, model: str, *, outcome: Outcome) -> Response:
        now, settings = self.clock(), self.settings.current
        create_request = requests.parse(request, model, settings=settings)
        task, is_new = self.tasks.accept(
            create_request,
            scene=partial(requests.scene, create_request, settings=settings, uploads=self.uploads),
            outcome=outcome,
            now=now,
            settings=settings,
            encoder_pool=self.encoder_pool,
        )
        # The response to a create request always says "queued", even if the task takes no time.
        return json_response(self._summary(task, status="queued" if is_new else task.status(now)))

    def _view(self, task: Task) -> dict[str, Any]:
        status = task.status(self.clock())
        view = self._summary(task, status=status)
        if status in ("queued", "in_progress"):
            return view
        view["expires_at"] = utc(task.file_expires_at(link_ttl_seconds=self.settings.current.link_ttl_seconds))
        if task.video is not None:
            view["video"] = {"url": self.link(task)}
        if status == "failed":
            view["error"] = task.outcome.error
        return view

    def _summary(self, task: Task, *, status: str) -> dict[str, Any]:
        url = f"{self.base_url}/requests/{task.id}"
        return {
            "status": status,
            "request_id": task.id,
            "status_url": f"{url}/status",
            "cancel_url": f"{url}/cancel",
        }

    def _task(self, id: str) -> Task:
        task = self.tasks.get(id)
        if task is None:
            raise _not_found()
        return task

    def _take(self, on: str, id: str) -> Fault | None:
        task = self.tasks.get(id)
        return self.faults.take(on, {id, task.external_id or ""} if task else {id})

    def _with_fault(self, fault: Fault | None, work: Callable[[], Response]) -> Response:
        if fault and fault.kind == "code":
            raise ApiError(fault.details["status"], fault.details["detail"])
        return apply(fault, partial(catching_errors, work), pause=self.pause)


_ROUTES: routing.Routes = {
    r"/requests/([^/]+)/status": {"GET": HiggsfieldApi.status},
    r"/requests/([^/]+)/cancel": {"POST": HiggsfieldApi.cancel},
    r"/requests/([^/]+)": {"DELETE": HiggsfieldApi.delete},
    r"/files/generate-upload-url": {"POST": HiggsfieldApi.create_upload},
    rf"{PREFIX}([^/]+)": {
        "PUT": HiggsfieldApi.put_file,
        "GET": HiggsfieldApi.get_file,
        "HEAD": HiggsfieldApi.get_file,
    },
    r"/estimate/(.+)": {"POST": HiggsfieldApi.estimate},
    r"/(.+)": {"POST": HiggsfieldApi.create},  # the path of a model
}


def _outcome(fault: Fault | None) -> Outcome:
    match fault:
        case Fault(kind="task_fails", details=details):
            return Outcome(status="failed", error=details["message"])
        case Fault(kind="nsfw" | "canceled" as status):
            return Outcome(status=status)
    return Outcome(ends=not (fault and fault.kind == "never_finishes"))


def _not_found() -> ApiError:
    return ApiError(404, "Request not found")
