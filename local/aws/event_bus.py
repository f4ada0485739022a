"""EventBridge event buses: an event invokes the functions whose rules match it."""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.events.exceptions import InvalidEventPatternException
from moto.events.models import EventPattern

from local.aws.async_invocations import AsyncInvoker
from local.aws.resources import Resources
from local.aws.template import ACCOUNT_ID, REGION, Json, Resource, Template, TemplateError

DEFAULT = "default"  # every account has this bus

# DeadLetterConfig and RetryPolicy apply when Lambda rejects an event, which does not happen here.
_SUPPORTED = {"DeadLetterConfig", "EventBusName", "Pattern", "RetryPolicy", "RuleName", "State"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    bus: str
    function: str  # logical id
    pattern: EventPattern = field(repr=False)


class EventBus:
    """All buses of a stack. `events` holds the latest events of all buses, oldest first."""

    def __init__(self, rules: Iterable[Rule], *, async_invoker: AsyncInvoker) -> None:
        self._rules = list(rules)
        self._async_invoker = async_invoker
        self.events: deque[dict[str, Json]] = deque(maxlen=100)

    def put(self, entry: dict[str, Json], *, id: str) -> None:
        """Deliver an entry of PutEvents that was accepted with this id."""
        event: Json = _event(entry, id=id)
        self.events.append(event)
        for rule in self._rules:
            if rule.bus == _bus_name(entry.get("EventBusName")) and rule.pattern.matches_event(event):
                self._async_invoker.invoke(rule.function, event)


def rules(template: Template, resources: Resources) -> list[Rule]:
    """Return every enabled rule of the template. Raises TemplateError for unsupported properties."""
    functions = template.of_type("AWS::Serverless::Function")
    return [it for function in functions for it in _of_function(function, resources=resources)]


def _of_function(function: Resource, *, resources: Resources) -> Iterable[Rule]:
    for name, event in function.properties.get("Events", {}).items():
        if event["Type"] == "EventBridgeRule":
            properties = resources.resolve(event["Properties"])
            if properties.get("State", "ENABLED") == "ENABLED":
                yield _rule(function, name=f"{function.logical_id}.{name}", properties=properties)


def _rule(function: Resource, *, name: str, properties: dict[str, Json]) -> Rule:
    if unknown := properties.keys() - _SUPPORTED:
        raise TemplateError(f"{name}: the local stack does not support the rule property {', '.join(sorted(unknown))}")
    try:
        pattern = EventPattern.load(json.dumps(properties["Pattern"]))
    except InvalidEventPatternException as error:
        raise TemplateError(f"{name}: {error.message}") from error
    return Rule(bus=_bus_name(properties.get("EventBusName")), function=function.logical_id, pattern=pattern)


def _bus_name(name_or_arn: str | None) -> str:
    return (name_or_arn or DEFAULT).rpartition("/")[2]


def _event(entry: dict[str, Json], *, id: str) -> dict[str, Json]:
    at = datetime.fromtimestamp(entry["Time"], UTC) if "Time" in entry else datetime.now(UTC)
    return {
        "version": "0",
        "id": id,
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": ACCOUNT_ID,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": entry.get("Resources", []),
        "detail": json.loads(entry["Detail"]),
    }
