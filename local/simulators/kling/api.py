"""Kling's HTTP API: its routes, and for each request who may ask, what goes wrong on demand, and the answer."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from local.simulators.core import routing
from local.simulators.core.faults import Fault, Faults, deliver
from local.simulators.core.routing import replying
from local.simulators.core.server import Reply, Request
from local.simulators.core.settings import Settings, Steering
from local.simulators.kling import legacy_api as kling_legacy
from local.simulators.kling import tasks_api as kling_newer
from local.simulators.kling.auth import Credentials
from local.simulators.kling.codes import Refusal, success
from local.simulators.kling.requests import Order
from local.simulators.kling.settings import KlingSettings
from local.simulators.kling.tasks import Fate, Snapshot, Task, Tasks, by_own_id
from local.simulators.video.encoder_pool import Studio

_MOST_IDS = 20  # in one query


@dataclass(frozen=True, kw_only=True)
class KlingApi:
    credentials: Credentials
    steering: Steering[KlingSettings]
    faults: Faults
    tasks: Tasks
    studio: Studio
    link: Callable[[str], str]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def answer(self, request: Request) -> Reply:
        return routing.answer(self, request, routes=_ROUTES, no_path=Refusal(1203), no_method=Refusal(1202))

    def create_legacy(self, request: Request, kind: str) -> Reply:
        body = _object(request)
        own_id = body.get("external_task_id") if body else None
        return self._create(
            request, own_id, lambda settings: kling_legacy.order(kind, _given(body), settings), kling_legacy.created
        )

    def create_newer(self, request: Request, kind: str, model: str) -> Reply:
        body = _object(request)
        options = body.get("options") if body else None
        own_id = options.get("external_task_id") if isinstance(options, dict) else None
        return self._create(
            request,
            own_id,
            lambda settings: kling_newer.order(kind, model, _given(body), settings),
            kling_newer.created,
        )

    def get_legacy(self, request: Request, kind: str, id: str) -> Reply:
        """One path for both kinds of id; a task that is not there is a bad parameter."""

        def one(found: list[Snapshot]) -> object:
            if not found:
                raise Refusal(1201, f"task {id} not found")
            return kling_legacy.view(found[0])

        return self._query(request, lambda: self._named([kind], {id}, own={id}), {id}, one)

    def list_legacy(self, request: Request, kind: str) -> Reply:
        return self._query(
            request, lambda: self.tasks.among([kind]), set(), lambda found: kling_legacy.page(request.query, found)
        )

    def get_newer(self, request: Request) -> Reply:
        """By either kind of id, never both; one that is not there is left out."""
        ids, own = (_ids(request.query.get(name, "")) for name in ("task_ids", "external_task_ids"))

        def found() -> list[Task]:
            if bool(ids) == bool(own) or len(ids | own) > _MOST_IDS:
                raise Refusal(1201, f"either task_ids or external_task_ids is needed, {_MOST_IDS} at most")
            return self._named(kling_newer.KINDS, ids, own=own)

        return self._query(request, found, ids | own, lambda tasks: [kling_newer.view(task) for task in tasks])

    def list_newer(self, request: Request) -> Reply:
        return self._query(
            request,
            lambda: self.tasks.among(kling_newer.KINDS),
            set(),
            lambda found: kling_newer.page(_given(_object(request)), found),
        )

    def _create(
        self,
        request: Request,
        own_id: object,
        order: Callable[[Settings], Order],
        show: Callable[[Snapshot], object],
    ) -> Reply:
        own_id = own_id if isinstance(own_id, str) else ""
        self.tasks.count_create(own_id)
        self._check_credentials(request)
        fault = self.faults.take("create", {own_id})
        _refuse_by(fault)

        def work() -> Reply:
            settings = self.steering.settings
            asked = order(settings)
            task = self.tasks.accept(asked, fate=_fate(fault), now=self.clock(), settings=settings, studio=self.studio)
            # A new task is always told as submitted, also where it takes no time.
            return success(show(task.snapshot(now=task.created_at - 1, link=self.link)))

        return deliver(fault, lambda: replying(work), pause=self.pause)

    def _query(
        self,
        request: Request,
        find: Callable[[], list[Task]],
        ids: Collection[str],
        show: Callable[[list[Snapshot]], object],
    ) -> Reply:
        self._check_credentials(request)
        now, tasks = self.clock(), find()
        fault = self.faults.take("query", {*ids, *(task.external_id or "" for task in tasks)})
        _refuse_by(fault)
        found = [task.snapshot(now=now, link=self.link) for task in tasks]
        if fault and fault.kind == "vanish":
            found = []
        if fault and fault.kind == "unknown_status":
            found = [replace(task, status=fault.details["word"], link=None) for task in found]
        return deliver(fault, lambda: replying(lambda: success(show(found))), pause=self.pause)

    def _named(self, kinds: Iterable[str], ids: Collection[str], *, own: Collection[str]) -> list[Task]:
        tasks = self.tasks.among(tuple(kinds))
        lag_seconds = self.steering.settings.lookup_lag_seconds
        visible = by_own_id(tasks, own, now=self.clock(), lag_seconds=lag_seconds)
        return [task for task in tasks if task.id in ids or task in visible]

    def _check_credentials(self, request: Request) -> None:
        self.credentials.check(
            request.headers.get("authorization", ""), now=self.clock(), allow_token=request.path.startswith("/v1/")
        )


_ROUTES: routing.Routes = {
    r"/v1/videos/(image2video|text2video)": {"POST": KlingApi.create_legacy, "GET": KlingApi.list_legacy},
    r"/v1/videos/(image2video|text2video)/([^/]+)": {"GET": KlingApi.get_legacy},
    r"/(image-to-video|text-to-video)/([^/]+)": {"POST": KlingApi.create_newer},
    r"/tasks": {"GET": KlingApi.get_newer, "POST": KlingApi.list_newer},
}


def _refuse_by(fault: Fault | None) -> None:
    if fault and fault.kind == "code":
        raise Refusal(fault.details["code"], fault.details["message"])


def _fate(fault: Fault | None) -> Fate:
    if fault and fault.kind == "task_fails":
        return Fate(failure=fault.details["message"])
    return Fate(ends=not (fault and fault.kind == "never_finishes"))


def _object(request: Request) -> dict[str, Any] | None:
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _given(body: dict[str, Any] | None) -> dict[str, Any]:
    if body is None:
        raise Refusal(1200, "the body must be a JSON object")
    return body


def _ids(value: str) -> set[str]:
    return {id for id in value.split(",") if id}
