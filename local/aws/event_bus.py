"""EventBridge's buses: what is put on one reaches the functions whose rules it matches."""

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

DEFAULT = "default"  # the bus that every account has

# A rule's dead-letter queue and retries are for events that cannot be handed to Lambda, which here always takes them.
_KNOWN = {"DeadLetterConfig", "EventBusName", "Pattern", "RetryPolicy", "RuleName", "State"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    bus: str
    function: str  # logical id
    pattern: EventPattern = field(repr=False)


class EventBus:
    """All buses of a stack. `events` are the last ones that were put on any of them, oldest first."""

    def __init__(self, rules: Iterable[Rule], *, async_invoker: AsyncInvoker) -> None:
        self._rules = list(rules)
        self._async_invoker = async_invoker
        self.events: deque[dict[str, Json]] = deque(maxlen=100)

    def put(self, entry: dict[str, Json], *, id: str) -> None:
        """Hands on an entry of PutEvents, which was accepted under this id."""
        event: Json = _event(entry, id=id)
        self.events.append(event)
        for rule in self._rules:
            if rule.bus == _bus_name(entry.get("EventBusName")) and rule.pattern.matches_event(event):
                self._async_invoker.invoke(rule.function, event)


def rules(template: Template, resources: Resources) -> list[Rule]:
    """Every rule of the template that is switched on. Raises TemplateError for what a rule says and none here does."""
    functions = template.of_type("AWS::Serverless::Function")
    return [it for function in functions for it in _of_function(function, resources=resources)]


def _of_function(function: Resource, *, resources: Resources) -> Iterable[Rule]:
    for name, event in function.properties.get("Events", {}).items():
        if event["Type"] == "EventBridgeRule":
            said = resources.resolve(event["Properties"])
            if said.get("State", "ENABLED") == "ENABLED":
                yield _rule(function, name=f"{function.logical_id}.{name}", said=said)


def _rule(function: Resource, *, name: str, said: dict[str, Json]) -> Rule:
    if unknown := said.keys() - _KNOWN:
        raise TemplateError(f"{name}: the local stack does not know a rule's {', '.join(sorted(unknown))}")
    try:
        pattern = EventPattern.load(json.dumps(said["Pattern"]))
    except InvalidEventPatternException as error:
        raise TemplateError(f"{name}: {error.message}") from error
    return Rule(bus=_bus_name(said.get("EventBusName")), function=function.logical_id, pattern=pattern)


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
