"""Lambda functions of the template: their configuration, and the environment that they share."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from local.aws.lambda_function import Function
from local.aws.resources import Resources
from local.aws.template import Json, Resource, Template, TemplateError

_EVENTS = {"EventBridgeRule", "HttpApi", "Schedule", "ScheduleV2"}


def functions(template: Template, resources: Resources) -> list[Function]:
    """Return every function. Raises TemplateError for an unsupported event source."""
    return [_function(it, resources=resources) for it in template.of_type("AWS::Serverless::Function")]


def http_functions(template: Template) -> list[str]:
    """Return the logical ids of the functions behind the HTTP API."""
    return [
        it.logical_id
        for it in template.of_type("AWS::Serverless::Function")
        if any(event["Type"] == "HttpApi" for event in it.properties.get("Events", {}).values())
    ]


def shared_environment(functions: Iterable[Function]) -> dict[str, str]:
    """Return one environment for all functions, which share processes. Raises TemplateError if their values differ."""
    shared: dict[str, str] = {}
    for function in functions:
        for name, value in function.variables.items():
            if shared.setdefault(name, value) != value:
                raise TemplateError(f"{function.logical_id}: the variable {name} has another value in another function")
    return shared


def _function(resource: Resource, *, resources: Resources) -> Function:
    for name, event in resource.properties.get("Events", {}).items():
        if event["Type"] not in _EVENTS:
            raise TemplateError(
                f"{resource.logical_id}.{name}: the local stack does not support the event type {event['Type']}"
            )
    names = ("AutoPublishAlias", "CodeUri", "Environment", "EventInvokeConfig", "Handler", "MemorySize", "Timeout")
    properties = resources.resolve({key: resource.properties[key] for key in names if key in resource.properties})
    folder = PurePosixPath(properties["CodeUri"])
    variables = properties.get("Environment", {}).get("Variables", {})
    async_config = properties.get("EventInvokeConfig", {})
    return Function(
        logical_id=resource.logical_id,
        name=str(resources.attribute(resource.logical_id, "Ref")),
        folder=folder.name,
        handler=".".join([*folder.parts, properties["Handler"]]),
        alias=properties.get("AutoPublishAlias"),
        timeout_seconds=int(properties.get("Timeout", 3)),
        memory_mb=int(properties.get("MemorySize", 128)),
        variables={name: resources.dynamic(str(value)) for name, value in variables.items()},
        retries=int(async_config.get("MaximumRetryAttempts", 2)),
        on_failure_queue=_queue(async_config.get("DestinationConfig", {}), function=resource.logical_id),
    )


def _queue(destinations: dict[str, Json], *, function: str) -> str | None:
    """Return the ARN of the queue that receives failed invocations, if any."""
    if not destinations:
        return None
    match destinations:
        case {"OnFailure": {"Type": "SQS", "Destination": str(arn)}, **others} if not others:
            return arn
    raise TemplateError(f"{function}: the local stack supports only an SQS queue in OnFailure, not {destinations}")
