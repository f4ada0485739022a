"""Higgsfield's HTTP API: its routes, and per request the credentials check, the injected fault and the response."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from local.simulators.core import routing
from local.simulators.core.faults import Fault, Faults, apply
from local.simulators.core.routing import catching_errors
from local.simulators.core.server import Request, Response, json_response
from local.simulators.core.settings import LiveSettings
from local.simulators.higgsfield import prices, requests, views
from local.simulators.higgsfield.auth import Credentials
from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.models import validate
from local.simulators.higgsfield.scenes import Film, film
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import CreateRequest, Outcome, Task, Tasks
from local.simulators.higgsfield.uploads import PREFIX, Uploads
from local.simulators.higgsfield.webhooks import Webhooks
from local.simulators.video.encoder_pool import EncoderPool


@dataclass(frozen=True, kw_only=True)
class HiggsfieldApi:
    base_url: str
    credentials: Credentials
    settings: LiveSettings[HiggsfieldSettings]
    faults: Faults
    tasks: Tasks
    uploads: Uploads
    encoder_pool: EncoderPool
    webhooks: Webhooks
    link: Callable[[Task], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def respond(self, request: Request) -> Response:
        response = routing.dispatch(self, request, routes=_ROUTES, no_path=ApiError(404), no_method=ApiError(405))
        return with_correlation_id(response)

    def create(self, request: Request, model: str) -> Response:
        key = request.headers.get("idempotency-key", "")
        self.tasks.count_create(key)
        self.credentials.check(request.headers)
        fault = self.faults.take("create", {key})
        return self._with_fault(fault, lambda: self._accept(request, model, outcome=_outcome(fault)))

    def estimate(self, request: Request, model: str) -> Response:
        """Answer as `create` does, but accept nothing and charge nothing."""
        self.credentials.check(request.headers)
        fault = self.faults.take("estimate", set())

        def work() -> Response:
            settings = self.settings.current
            body = requests.json_object(request)
            video = validate(requests.find_model(model, settings=settings), body)
            self.tasks.count_unknown_fields(video.ignored_fields)
            return json_response(prices.estimate(video, discount_percent=settings.discount_percent))

        return self._with_fault(fault, work)

    def status(self, request: Request, id: str) -> Response:
        self.credentials.check(request.headers)
        fault = self._take("query", id)

        def work() -> Response:
            if fault and fault.kind == "vanish":
                raise _not_found()
            task = self._task(id)
            if fault and fault.kind == "unknown_status":
                return json_response(views.summary(task, base_url=self.base_url, status=fault.details["word"]))
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
            return json_response(self.uploads.create(requests.json_object(request), now=self.clock()))

        return self._with_fault(self.faults.take("upload", set()), work)

    def put_file(self, request: Request, name: str) -> Response:
        fault = self.faults.take("upload_file", set())
        require_all = self.settings.current.upload_needs == "all headers"
        put = partial(self.uploads.put, request, name, now=self.clock(), require_all_headers=require_all)
        return self._with_fault(fault, put)

    def get_file(self, _: Request, name: str) -> Response:
        return self.uploads.get(name)

    def _accept(self, request: Request, model: str, *, outcome: Outcome) -> Response:
        now, settings = self.clock(), self.settings.current
        create_request = requests.parse(request, model, settings=settings)
        task, is_new = self.tasks.accept(
            create_request,
            film=partial(self._film, create_request, settings=settings),
            outcome=outcome,
            now=now,
            settings=settings,
            encoder_pool=self.encoder_pool,
        )
        if is_new:
            self.webhooks.schedule(task, view=self._view)
        # The response to a create request always says "queued", even if the task takes no time.
        return json_response(
            views.summary(task, base_url=self.base_url, status="queued" if is_new else task.status(now))
        )

    def _film(self, request: CreateRequest, *, settings: HiggsfieldSettings) -> Film:
        video = validate(requests.find_model(request.model, settings=settings), request.body)
        return film(video, short_side=settings.video_short_side, uploads=self.uploads)

    def _view(self, task: Task) -> dict[str, Any]:
        ttl_seconds = self.settings.current.link_ttl_seconds
        return views.status(
            task, base_url=self.base_url, now=self.clock(), link_ttl_seconds=ttl_seconds, link=self.link
        )

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


def with_correlation_id(response: Response) -> Response:
    """Every response of the vendor has its own id."""
    return replace(response, headers={**response.headers, "x-correlation-id": str(uuid4())})


def _outcome(fault: Fault | None) -> Outcome:
    match fault:
        case Fault(kind="task_fails", details=details):
            return Outcome(status="failed", error=details["message"])
        case Fault(kind="nsfw" | "canceled" as status):
            return Outcome(status=status)
        case Fault(kind="ends_as", details=details):
            return Outcome(status=details["status"])
    return Outcome(ends=not (fault and fault.kind == "never_finishes"))


def _not_found() -> ApiError:
    return ApiError(404, "Request not found")
