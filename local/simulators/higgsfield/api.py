"""Higgsfield's HTTP API: its routes, and for each request who may ask, what goes wrong on demand, and the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from local.simulators.core import routing
from local.simulators.core.faults import Fault, Faults, deliver
from local.simulators.core.routing import replying
from local.simulators.core.server import Reply, Request, json_reply
from local.simulators.core.settings import Steering
from local.simulators.higgsfield import idempotency as calls
from local.simulators.higgsfield.auth import Credentials
from local.simulators.higgsfield.codes import Refusal
from local.simulators.higgsfield.models import wish
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import Fate, Task, Tasks, utc
from local.simulators.higgsfield.uploads import PREFIX, Uploads
from local.simulators.video.encoder_pool import Studio

_USD_PER_CREDIT = Decimal("0.0625")
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class HiggsfieldApi:
    base_url: str
    credentials: Credentials
    steering: Steering[HiggsfieldSettings]
    faults: Faults
    tasks: Tasks
    uploads: Uploads
    studio: Studio
    link: Callable[[Task], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def answer(self, request: Request) -> Reply:
        return routing.answer(self, request, routes=_ROUTES, no_path=Refusal(404), no_method=Refusal(405))

    def create(self, request: Request, model: str) -> Reply:
        key = request.headers.get("idempotency-key", "")
        self.tasks.count_create(key)
        self.credentials.check(request.headers)
        fault = self.faults.take("create", {key})
        return self._deliver(fault, lambda: self._accept(request, model, fate=_fate(fault)))

    def estimate(self, request: Request, model: str) -> Reply:
        self.credentials.check(request.headers)
        unavailable = self.steering.settings.unavailable_models
        credits = wish(model, calls.json_object(request), unavailable=unavailable).credits
        usd = credits * _USD_PER_CREDIT
        return json_reply({"credits": str(credits.quantize(_THOUSANDTH)), "usd": str(usd.quantize(_THOUSANDTH))})

    def status(self, request: Request, id: str) -> Reply:
        self.credentials.check(request.headers)
        fault = self._take("query", id)

        def work() -> Reply:
            if fault and fault.kind == "vanish":
                raise _unknown()
            task = self._task(id)
            if fault and fault.kind == "unknown_status":
                return json_reply(self._handle(task, status=fault.details["word"]))
            return json_reply(self._view(task))

        return self._deliver(fault, work)

    def cancel(self, request: Request, id: str) -> Reply:
        self.credentials.check(request.headers)

        def work() -> Reply:
            self.tasks.cancel(self._task(id), now=self.clock())
            return Reply(status=202, headers={"Content-Length": "0"})

        return self._deliver(self._take("cancel", id), work)

    def delete(self, request: Request, id: str) -> Reply:
        self.credentials.check(request.headers)
        self.tasks.delete_data(self._task(id), now=self.clock())
        return Reply(status=204, headers={"Connection": "close"})

    def offer_upload(self, request: Request) -> Reply:
        self.credentials.check(request.headers)

        def work() -> Reply:
            return json_reply(self.uploads.offer(calls.json_object(request).get("content_type"), now=self.clock()))

        return self._deliver(self.faults.take("upload", set()), work)

    def take_file(self, request: Request, name: str) -> Reply:
        fault = self.faults.take("upload_file", set())
        return self._deliver(fault, lambda: self.uploads.put(request, name, now=self.clock()))

    def show_file(self, _: Request, name: str) -> Reply:
        return self.uploads.get(name)

    def _accept(self, request: Request, model: str, *, fate: Fate) -> Reply:
        now, settings = self.clock(), self.steering.settings
        call = calls.call(request, model, settings=settings)
        task, is_new = self.tasks.accept(
            call,
            scene=partial(calls.scene, call, settings=settings, uploads=self.uploads),
            fate=fate,
            now=now,
            settings=settings,
            studio=self.studio,
        )
        # A new task is always told as queued, also where it takes no time.
        return json_reply(self._handle(task, status="queued" if is_new else task.status(now)))

    def _view(self, task: Task) -> dict[str, Any]:
        status = task.status(self.clock())
        view = self._handle(task, status=status)
        if status in ("queued", "in_progress"):
            return view
        view["expires_at"] = utc(task.file_dies_at(link_ttl_seconds=self.steering.settings.link_ttl_seconds))
        if task.film is not None:
            view["video"] = {"url": self.link(task)}
        if status == "failed":
            view["error"] = task.fate.error
        return view

    def _handle(self, task: Task, *, status: str) -> dict[str, Any]:
        address = f"{self.base_url}/requests/{task.id}"
        return {
            "status": status,
            "request_id": task.id,
            "status_url": f"{address}/status",
            "cancel_url": f"{address}/cancel",
        }

    def _task(self, id: str) -> Task:
        task = self.tasks.get(id)
        if task is None:
            raise _unknown()
        return task

    def _take(self, on: str, id: str) -> Fault | None:
        task = self.tasks.get(id)
        return self.faults.take(on, {id, task.external_id or ""} if task else {id})

    def _deliver(self, fault: Fault | None, work: Callable[[], Reply]) -> Reply:
        if fault and fault.kind == "code":
            raise Refusal(fault.details["status"], fault.details["detail"])
        return deliver(fault, partial(replying, work), pause=self.pause)


_ROUTES: routing.Routes = {
    r"/requests/([^/]+)/status": {"GET": HiggsfieldApi.status},
    r"/requests/([^/]+)/cancel": {"POST": HiggsfieldApi.cancel},
    r"/requests/([^/]+)": {"DELETE": HiggsfieldApi.delete},
    r"/files/generate-upload-url": {"POST": HiggsfieldApi.offer_upload},
    rf"{PREFIX}([^/]+)": {
        "PUT": HiggsfieldApi.take_file,
        "GET": HiggsfieldApi.show_file,
        "HEAD": HiggsfieldApi.show_file,
    },
    r"/estimate/(.+)": {"POST": HiggsfieldApi.estimate},
    r"/(.+)": {"POST": HiggsfieldApi.create},  # a model's path
}


def _fate(fault: Fault | None) -> Fate:
    match fault:
        case Fault(kind="task_fails", details=details):
            return Fate(outcome="failed", error=details["message"])
        case Fault(kind="nsfw" | "canceled" as word):
            return Fate(outcome=word)
    return Fate(ends=not (fault and fault.kind == "never_finishes"))


def _unknown() -> Refusal:
    return Refusal(404, "Request not found")
