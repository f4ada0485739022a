"""EventBridge schedules: invokes functions at the rates in the template."""

import json
import re
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.aws.async_invocations import AsyncInvoker
from local.aws.resources import Resources
from local.aws.template import ACCOUNT_ID, REGION, Json, Resource, Template, TemplateError

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_SOURCES = {"Schedule": "aws.events", "ScheduleV2": "aws.scheduler"}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    name: str  # logical id of the function and name of the event
    function: str
    every_seconds: float
    source: str
    input: str | None = None

    def event(self, *, at: datetime) -> Json:
        """Return the event as EventBridge builds it, or the schedule's input if it has one."""
        if self.input is not None:
            return json.loads(self._fill_in(self.input, at=at))
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": self.source,
            "account": ACCOUNT_ID,
            "time": _text(at),
            "region": REGION,
            "resources": [self._arn],
            "detail": {},
        }

    @property
    def _arn(self) -> str:
        return f"arn:aws:scheduler:{REGION}:{ACCOUNT_ID}:schedule/default/{self.name}"

    def _fill_in(self, text: str, *, at: datetime) -> str:
        """https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""
        if self.source == "aws.scheduler":
            values = {"schedule-arn": self._arn, "scheduled-time": _text(at), "attempt-number": "1"}
            for name, value in {**values, "execution-id": str(uuid.uuid4())}.items():
                text = text.replace(f"<aws.scheduler.{name}>", value)
        return text


class Scheduler:
    """Runs each schedule in its own thread, first after one interval."""

    def __init__(self, schedules: Iterable[Schedule], *, async_invoker: AsyncInvoker) -> None:
        self._async_invoker = async_invoker
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(it,), daemon=True) for it in schedules]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(5)

    def _run(self, schedule: Schedule) -> None:
        while not self._stopped.wait(schedule.every_seconds):
            self._async_invoker.invoke(schedule.function, schedule.event(at=datetime.now(UTC)))


def schedules(template: Template, resources: Resources) -> list[Schedule]:
    """Return every enabled schedule of the template."""
    functions = template.of_type("AWS::Serverless::Function")
    return [it for function in functions for it in _of_function(function, resources=resources)]


def _of_function(function: Resource, *, resources: Resources) -> Iterable[Schedule]:
    for name, event in function.properties.get("Events", {}).items():
        if event["Type"] in _SOURCES:
            properties = resources.resolve(event["Properties"])
            if properties.get("State", "ENABLED") == "ENABLED" and properties.get("Enabled", True):
                yield _schedule(
                    function, name=f"{function.logical_id}{name}", source=_SOURCES[event["Type"]], properties=properties
                )


def _schedule(function: Resource, *, name: str, source: str, properties: dict[str, Json]) -> Schedule:
    expression = properties.get("ScheduleExpression") or properties["Schedule"]
    if not (rate := _RATE.fullmatch(expression)):
        raise TemplateError(f"{name}: the local stack supports rate(<n> minutes, hours or days), not {expression}")
    seconds = int(rate[1]) * _SECONDS[rate[2]]
    return Schedule(
        name=name,
        function=function.logical_id,
        every_seconds=seconds,
        source=source,
        input=_input(properties, name=name),
    )


def _input(properties: dict[str, Json], *, name: str) -> str | None:
    text = properties.get("Input")
    try:
        json.loads(text or "null")
    except ValueError:
        raise TemplateError(f"{name}: Input is not valid JSON: {text}") from None
    return text


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
