"""The template's functions: what the invoker must know of each, and the one environment that they share."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from local.aws.lambda_invoker import Function
from local.aws.resources import Resources
from local.aws.template import Json, Resource, Template, TemplateError

_EVENTS = {"EventBridgeRule", "HttpApi", "Schedule", "ScheduleV2"}


def functions(template: Template, resources: Resources) -> list[Function]:
    """Every function. Raises TemplateError for an event source that nothing here would ever fire."""
    return [_function(it, resources=resources) for it in template.of_type("AWS::Serverless::Function")]


def http_functions(template: Template) -> list[str]:
    """The logical ids of functions behind the API."""
    return [
        it.logical_id
        for it in template.of_type("AWS::Serverless::Function")
        if any(event["Type"] == "HttpApi" for event in it.properties.get("Events", {}).values())
    ]


def shared_environment(functions: Iterable[Function]) -> dict[str, str]:
    """One environment for all, since they run in one process. Raises TemplateError where two want different values."""
    shared: dict[str, str] = {}
    for function in functions:
        for name, value in function.variables.items():
            if shared.setdefault(name, value) != value:
                raise TemplateError(f"{function.logical_id}: its variable {name} differs from another function's")
    return shared


def _function(resource: Resource, *, resources: Resources) -> Function:
    for name, event in resource.properties.get("Events", {}).items():
        if event["Type"] not in _EVENTS:
            raise TemplateError(
                f"{resource.logical_id}.{name}: the local stack does not know the event {event['Type']}"
            )
    wanted = ("CodeUri", "Environment", "EventInvokeConfig", "Handler", "MemorySize", "Timeout")
    said = resources.resolve({key: resource.properties[key] for key in wanted if key in resource.properties})
    folder = PurePosixPath(said["CodeUri"])
    variables = said.get("Environment", {}).get("Variables", {})
    when_it_fails = said.get("EventInvokeConfig", {})
    return Function(
        logical_id=resource.logical_id,
        name=str(resources.attribute(resource.logical_id, "Ref")),
        folder=folder.name,
        handler=".".join([*folder.parts, said["Handler"]]),
        timeout_seconds=int(said.get("Timeout", 3)),
        memory_mb=int(said.get("MemorySize", 128)),
        variables={name: str(value) for name, value in variables.items()},
        retries=int(when_it_fails.get("MaximumRetryAttempts", 2)),
        on_failure_queue=_queue(when_it_fails.get("DestinationConfig", {}), function=resource.logical_id),
    )


def _queue(destinations: dict[str, Json], *, function: str) -> str | None:
    """The ARN of the queue that is told of failed invocations, if there is one."""
    if not destinations:
        return None
    match destinations:
        case {"OnFailure": {"Type": "SQS", "Destination": str(arn)}, **others} if not others:
            return arn
    raise TemplateError(f"{function}: the local stack knows OnFailure to an SQS queue and not {destinations}")
