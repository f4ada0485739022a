"""Kling's HTTP API: its routes, and per request the credentials check, the injected fault and the response."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from local.simulators.core import routing
from local.simulators.core.faults import Fault, Faults, apply
from local.simulators.core.routing import catching_errors
from local.simulators.core.server import Request, Response
from local.simulators.core.settings import LiveSettings, Settings
from local.simulators.kling import legacy_api, tasks_api
from local.simulators.kling.auth import Credentials
from local.simulators.kling.codes import ApiError, success
from local.simulators.kling.requests import VideoRequest
from local.simulators.kling.settings import KlingSettings
from local.simulators.kling.tasks import Outcome, Snapshot, Task, Tasks, by_external_id
from local.simulators.video.encoder_pool import EncoderPool

_MAX_IDS = 20  # in one query


@dataclass(frozen=True, kw_only=True)
class KlingApi:
    credentials: Credentials
    settings: LiveSettings[KlingSettings]
    faults: Faults
    tasks: Tasks
    encoder_pool: EncoderPool
    link: Callable[[str], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def respond(self, request: Request) -> Response:
        return routing.dispatch(self, request, routes=_ROUTES, no_path=ApiError(1203), no_method=ApiError(1202))

    def create_legacy(self, request: Request, kind: str) -> Response:
        body = _object(request)
        external_id = body.get("external_task_id") if body else None
        return self._create(
            request, external_id, lambda settings: legacy_api.parse(kind, _required(body), settings), legacy_api.created
        )

    def create_with_tasks_api(self, request: Request, kind: str, model: str) -> Response:
        body = _object(request)
        options = body.get("options") if body else None
        external_id = options.get("external_task_id") if isinstance(options, dict) else None
        return self._create(
            request,
            external_id,
            lambda settings: tasks_api.parse(kind, model, _required(body), settings),
            tasks_api.created,
        )

    def get_legacy(self, request: Request, kind: str, id: str) -> Response:
        """Accepts Kling's or the caller's id in the same path. An unknown id is an invalid parameter."""

        def one(found: list[Snapshot]) -> object:
            if not found:
                raise ApiError(1201, f"task {id} not found")
            return legacy_api.view(found[0])

        return self._query(request, lambda: self._find([kind], {id}, external_ids={id}), {id}, one)

    def list_legacy(self, request: Request, kind: str) -> Response:
        return self._query(
            request, lambda: self.tasks.among([kind]), set(), lambda found: legacy_api.page(request.query, found)
        )

    def get_tasks(self, request: Request) -> Response:
        """Accepts Kling's or the caller's ids, never both. Unknown ids are left out."""
        ids, external_ids = (_ids(request.query.get(name, "")) for name in ("task_ids", "external_task_ids"))

        def found() -> list[Task]:
            if bool(ids) == bool(external_ids) or len(ids | external_ids) > _MAX_IDS:
                raise ApiError(1201, f"either task_ids or external_task_ids is needed, {_MAX_IDS} at most")
            return self._find(tasks_api.KINDS, ids, external_ids=external_ids)

        return self._query(request, found, ids | external_ids, lambda tasks: [tasks_api.view(task) for task in tasks])

    def list_tasks(self, request: Request) -> Response:
        return self._query(
            request,
            lambda: self.tasks.among(tasks_api.KINDS),
            set(),
            lambda found: tasks_api.page(_required(_object(request)), found),
        )

    def _create(
        self,
        request: Request,
        external_id: object,
        parse: Callable[[Settings], VideoRequest],
        show: Callable[[Snapshot], object],
    ) -> Response:
        external_id = external_id if isinstance(external_id, str) else ""
        self.tasks.count_create(external_id)
        self._check_credentials(request)
        fault = self.faults.take("create", {external_id})
        _raise_error_code(fault)

        def work() -> Response:
            settings = self.settings.current
            video_request = parse(settings)
            task = self.tasks.accept(
                video_request,
                outcome=_outcome(fault),
                now=self.clock(),
                settings=settings,
                encoder_pool=self.encoder_pool,
            )
            # The response to a create request always says "submitted", even if the task takes no time.
            return success(show(task.snapshot(now=task.created_at - 1, link=self.link)))

        return apply(fault, lambda: catching_errors(work), pause=self.pause)

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

    def _find(self, kinds: Iterable[str], ids: Collection[str], *, external_ids: Collection[str]) -> list[Task]:
        tasks = self.tasks.among(tuple(kinds))
        lag_seconds = self.settings.current.lookup_lag_seconds
        visible = by_external_id(tasks, external_ids, now=self.clock(), lag_seconds=lag_seconds)
        return [task for task in tasks if task.id in ids or task in visible]

    def _check_credentials(self, request: Request) -> None:
        self.credentials.check(
            request.headers.get("authorization", ""), now=self.clock(), allow_token=request.path.startswith("/v1/")
        )


_ROUTES: routing.Routes = {
    r"/v1/videos/(image2video|text2video)": {"POST": KlingApi.create_legacy, "GET": KlingApi.list_legacy},
    r"/v1/videos/(image2video|text2video)/([^/]+)": {"GET": KlingApi.get_legacy},
    r"/(image-to-video|text-to-video)/([^/]+)": {"POST": KlingApi.create_with_tasks_api},
    r"/tasks": {"GET": KlingApi.get_tasks, "POST": KlingApi.list_tasks},
}


def _raise_error_code(fault: Fault | None) -> None:
    if fault and fault.kind == "code":
        raise ApiError(fault.details["code"], fault.details["message"])


def _outcome(fault: Fault | None) -> Outcome:
    if fault and fault.kind == "task_fails":
        return Outcome(failure=fault.details["message"])
    return Outcome(ends=not (fault and fault.kind == "never_finishes"))


def _object(request: Request) -> dict[str, Any] | None:
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _required(body: dict[str, Any] | None) -> dict[str, Any]:
    if body is None:
        raise ApiError(1200, "the body must be a JSON object")
    return body


def _ids(value: str) -> set[str]:
    return {id for id in value.split(",") if id}
