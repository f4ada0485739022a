"""Kling's HTTP API: its routes, and per request the credentials check, the injected fault and the response."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from local.simulators.core import routing
from local.simulators.core.callbacks import CallbackSender
from local.simulators.core.faults import Fault, Faults, apply
from local.simulators.core.routing import catching_errors
from local.simulators.core.server import Request, Response
from local.simulators.core.settings import LiveSettings
from local.simulators.kling import account, callbacks, lists, views
from local.simulators.kling.auth import Credentials
from local.simulators.kling.codes import ApiError, success
from local.simulators.kling.creates import video_request
from local.simulators.kling.fields import short
from local.simulators.kling.legacy_requests import model_name
from local.simulators.kling.settings import KlingSettings
from local.simulators.kling.tasks import Outcome, Snapshot, Task, Tasks, by_external_id
from local.simulators.kling.wanted import VideoRequest
from local.simulators.video.encoder_pool import EncoderPool

_MAX_IDS = 20  # in one query


@dataclass(frozen=True, kw_only=True)
class KlingApi:
    credentials: Credentials
    settings: LiveSettings[KlingSettings]
    faults: Faults
    tasks: Tasks
    encoder_pool: EncoderPool
    callbacks: CallbackSender
    link: Callable[[str], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def respond(self, request: Request) -> Response:
        return routing.dispatch(self, request, routes=_ROUTES, no_path=ApiError(1203), no_method=ApiError(1202))

    def create_legacy(self, request: Request, kind: str) -> Response:
        body = _object(request)
        external_id = body.get("external_task_id") if body else None

        def parse(settings: KlingSettings) -> tuple[VideoRequest, list[str]]:
            required = _required(body)
            return video_request("legacy", kind, model_name(kind, required), required, settings)

        return self._create(request, external_id, parse, views.legacy_created)

    def create_with_tasks_api(self, request: Request, kind: str, model: str) -> Response:
        body = _object(request)
        options = body.get("options") if body else None
        external_id = options.get("external_task_id") if isinstance(options, dict) else None

        def parse(settings: KlingSettings) -> tuple[VideoRequest, list[str]]:
            return video_request("tasks", kind, model, _required(body), settings)

        return self._create(request, external_id, parse, views.created)

    def get_legacy(self, request: Request, kind: str, id: str) -> Response:
        """Accepts Kling's or the caller's id in the same path. An unknown id is an invalid parameter."""

        def one(found: list[Snapshot]) -> object:
            if not found:
                raise ApiError(1201, f"task {short(id)} not found")
            return views.of_legacy_api(found[0])

        return self._query(request, lambda: self._find("legacy", {id}, kind=kind, external_ids={id}), {id}, one)

    def list_legacy(self, request: Request, kind: str) -> Response:
        return self._query(
            request, lambda: self.tasks.among("legacy", kind), set(), lambda it: lists.legacy_page(request.query, it)
        )

    def get_tasks(self, request: Request) -> Response:
        """Accepts Kling's or the caller's ids, never both. Unknown ids are left out."""
        ids, external_ids = (_ids(request.query.get(name, "")) for name in ("task_ids", "external_task_ids"))

        def found() -> list[Task]:
            if not ids and not external_ids:
                raise ApiError(1201, "task_ids or external_task_ids is required")
            if (ids and external_ids) or len(ids | external_ids) > _MAX_IDS:
                raise ApiError(1201, f"either task_ids or external_task_ids is needed, {_MAX_IDS} at most")
            return self._find("tasks", ids, external_ids=external_ids)

        return self._query(request, found, ids | external_ids, lambda it: [views.of_tasks_api(task) for task in it])

    def list_tasks(self, request: Request) -> Response:
        now_ms = int(self.clock() * 1000)
        return self._query(
            request,
            lambda: self.tasks.among("tasks"),
            set(),
            lambda found: lists.tasks_page(_required(_object(request)), found, now_ms=now_ms),
        )

    def costs(self, request: Request) -> Response:
        self._check_credentials(request)
        settings, finished = self.settings.current, self._finished()
        has_pack = settings.billing in ("units", "split")
        started_ms = int(min((task.created_at for task in finished), default=self.clock()) * 1000)
        return success(account.costs(request.query, finished, has_pack=has_pack, started_ms=started_ms))

    def ledger(self, request: Request, kind: str) -> Response:
        self._check_credentials(request)
        return success(account.ledger(kind, _required(_object(request)), self._finished()))

    def _finished(self) -> list[Task]:
        """Oldest first."""
        now = self.clock()
        return sorted((it for it in self.tasks.all() if it.status(now) == "succeeded"), key=lambda it: it.ends_at)

    def _create(
        self,
        request: Request,
        external_id: object,
        parse: Callable[[KlingSettings], tuple[VideoRequest, list[str]]],
        show: Callable[[Snapshot], object],
    ) -> Response:
        external_id = external_id if isinstance(external_id, str) else ""
        self.tasks.count_create(external_id)
        self._check_credentials(request)
        fault = self.faults.take("create", {external_id})
        _raise_error_code(fault)

        def work() -> Response:
            settings = self.settings.current
            wanted, unknown_fields = parse(settings)
            task = self.tasks.accept(
                wanted,
                outcome=_outcome(fault),
                now=self.clock(),
                settings=settings,
                encoder_pool=self.encoder_pool,
            )
            self.tasks.count_unknown_fields(unknown_fields)
            self._schedule_callbacks(task, settings)
            # The response to a create request always says "submitted", even if the task takes no time.
            return success(show(task.snapshot(now=task.created_at - 1, link=self.link)))

        return apply(fault, lambda: catching_errors(work), pause=self.pause)

    def _schedule_callbacks(self, task: Task, settings: KlingSettings) -> None:
        if task.callback_url:
            snapshot = partial(_snapshot, task, self.link)
            self.callbacks.schedule(*callbacks.of_task(task, snapshot=snapshot, secrets=settings.callback_secrets))

    def _query(
        self,
        request: Request,
        find: Callable[[], list[Task]],
        ids: Collection[str],
        show: Callable[[list[Snapshot]], object],
    ) -> Response:
        self._check_credentials(request)
        now, tasks = self.clock(), find()
        fault = self.faults.take("query", {*ids, *(task.external_id or "" for task in tasks)})
        _raise_error_code(fault)
        found = [task.snapshot(now=now, link=self.link) for task in tasks]
        if fault and fault.kind == "vanish":
            found = []
        if fault and fault.kind == "unknown_status":
            found = [replace(task, status=fault.details["word"], link=None) for task in found]
        return apply(fault, lambda: catching_errors(lambda: success(show(found))), pause=self.pause)

    def _find(
        self, api: str, ids: Collection[str], *, external_ids: Collection[str], kind: str | None = None
    ) -> list[Task]:
        tasks = self.tasks.among(api, kind)
        lag_seconds = self.settings.current.lookup_lag_seconds
        visible = by_external_id(tasks, external_ids, now=self.clock(), lag_seconds=lag_seconds)
        return [task for task in tasks if task.id in ids or task in visible]

    def _check_credentials(self, request: Request) -> None:
        self.credentials.check(
            request.headers.get("authorization", ""), now=self.clock(), allow_token=request.path.startswith("/v1/")
        )


_ROUTES: routing.Routes = {
    r"/v1/videos/(image2video|text2video|omni-video|motion-control)": {
        "POST": KlingApi.create_legacy,
        "GET": KlingApi.list_legacy,
    },
    r"/v1/videos/(image2video|text2video|omni-video|motion-control)/([^/]+)": {"GET": KlingApi.get_legacy},
    r"/(image-to-video|text-to-video|omni-video|motion-control)/([^/]+)": {"POST": KlingApi.create_with_tasks_api},
    r"/tasks": {"GET": KlingApi.get_tasks, "POST": KlingApi.list_tasks},
    r"/account/costs": {"GET": KlingApi.costs},
    rf"/account/billing/({'|'.join(account.LEDGERS)})": {"POST": KlingApi.ledger},
}


def _snapshot(task: Task, link: Callable[[str], str], now: float) -> Snapshot:
    return task.snapshot(now=now, link=link)


def _raise_error_code(fault: Fault | None) -> None:
    if fault and fault.kind == "code":
        raise ApiError(fault.details["code"], fault.details["message"], with_data=fault.details["with_data"])


def _outcome(fault: Fault | None) -> Outcome:
    if fault and fault.kind == "task_fails":
        return Outcome(failure=fault.details["message"])
    return Outcome(ends=not (fault and fault.kind == "never_finishes"))


def _object(request: Request) -> dict[str, Any] | None:
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _required(body: dict[str, Any] | None) -> dict[str, Any]:
    if body is None:
        raise ApiError(1200, "the body must be a JSON object")
    return body


def _ids(value: str) -> set[str]:
    return {id for id in value.split(",") if id}
