"""Functions, schedules and rules of the template, and the template errors for unsupported ones."""

from pathlib import Path

import pytest

from local.aws import event_bus, lambda_functions, scheduler
from local.aws.lambda_invoker import Function
from local.aws.template import Template, TemplateError
from tests.local.aws.small_template import TEMPLATE, read, resources


def test_function_combines_globals_and_its_properties(tmp_path: Path) -> None:
    template = read(tmp_path)

    (function,) = lambda_functions.functions(template, resources(template))

    assert function == Function(
        logical_id="Hello",
        name="test-Hello",
        folder="hello",
        handler="functions.hello.app.lambda_handler",
        timeout_seconds=20,
        memory_mb=128,
        variables={"STAGE": "dev", "SIZE": "large"},
    )


@pytest.mark.parametrize(
    ("config", "retries", "on_failure_queue"),
    [
        ("MaximumEventAgeInSeconds: 300", 2, None),
        ("MaximumRetryAttempts: 0", 0, None),
        ("DestinationConfig: { OnFailure: { Type: SQS, Destination: !Sub 'arn:${Stage}' } }", 2, "arn:dev"),
    ],
)
def test_event_invoke_config_sets_retries_and_queue(
    config: str, retries: int, on_failure_queue: str | None, tmp_path: Path
) -> None:
    template = read(tmp_path, TEMPLATE.replace("Timeout: 20", f"EventInvokeConfig: {{ {config} }}"))

    (function,) = lambda_functions.functions(template, resources(template))

    assert (function.retries, function.on_failure_queue) == (retries, on_failure_queue)


@pytest.mark.parametrize(
    "destinations",
    [
        "OnSuccess: { Type: SQS, Destination: a }",
        "OnFailure: { Type: SNS, Destination: a }",
        "OnFailure: { Type: SQS }",
        "OnFailure: { Type: SQS, Destination: a }, OnSuccess: { Type: SQS, Destination: b }",
    ],
)
def test_unsupported_destination_is_a_template_error(destinations: str, tmp_path: Path) -> None:
    config = f"EventInvokeConfig: {{ DestinationConfig: {{ {destinations} }} }}"
    template = read(tmp_path, TEMPLATE.replace("Timeout: 20", config))

    with pytest.raises(TemplateError, match=r"Hello: .* an SQS queue in OnFailure, not {'On"):
        lambda_functions.functions(template, resources(template))


def test_conflicting_environment_variables_are_a_template_error(tmp_path: Path) -> None:
    other = "  Other: { Type: AWS::Serverless::Function, Properties: { CodeUri: f/o/, Handler: app.f } }\n"
    template = read(tmp_path, TEMPLATE + other)

    with pytest.raises(TemplateError, match=r"Other: the variable SIZE"):
        lambda_functions.shared_environment(lambda_functions.functions(template, resources(template)))


def with_event(tmp_path: Path, event: str) -> Template:
    properties = f"{{ CodeUri: f/o/, Handler: app.f, Events: {{ Now: {event} }} }}"
    return read(tmp_path, f"Resources: {{ Other: {{ Type: AWS::Serverless::Function, Properties: {properties} }} }}")


def test_unsupported_event_source_is_a_template_error(tmp_path: Path) -> None:
    template = with_event(tmp_path, "{ Type: Kinesis, Properties: {} }")

    with pytest.raises(TemplateError, match=r"Other\.Now: .* Kinesis"):
        lambda_functions.functions(template, resources(template))


@pytest.mark.parametrize(
    ("kind", "expression", "seconds", "source"),
    [
        ("ScheduleV2", "ScheduleExpression: rate(5 minutes)", 300, "aws.scheduler"),
        ("ScheduleV2", "ScheduleExpression: rate(7 days)", 604800, "aws.scheduler"),
        ("Schedule", "Schedule: rate(1 hour)", 3600, "aws.events"),
    ],
)
def test_rate_expression_becomes_a_schedule(
    kind: str, expression: str, seconds: int, source: str, tmp_path: Path
) -> None:
    template = with_event(tmp_path, f"{{ Type: {kind}, Properties: {{ {expression} }} }}")

    (schedule,) = scheduler.schedules(template, resources(template))

    assert schedule == scheduler.Schedule(name="OtherNow", function="Other", every_seconds=seconds, source=source)


def test_disabled_schedule_is_ignored(tmp_path: Path) -> None:
    config = "{ ScheduleExpression: rate(5 minutes), State: DISABLED }"
    template = with_event(tmp_path, f"{{ Type: ScheduleV2, Properties: {config} }}")

    assert scheduler.schedules(template, resources(template)) == []


def test_cron_expression_is_a_template_error(tmp_path: Path) -> None:
    template = with_event(tmp_path, '{ Type: ScheduleV2, Properties: { ScheduleExpression: "cron(0 8 * * ? *)" } }')

    with pytest.raises(TemplateError, match=r"OtherNow: .*cron"):
        scheduler.schedules(template, resources(template))


def test_invalid_input_of_a_schedule_is_a_template_error(tmp_path: Path) -> None:
    config = "{ ScheduleExpression: rate(5 minutes), Input: '{nonsense' }"
    template = with_event(tmp_path, f"{{ Type: ScheduleV2, Properties: {config} }}")

    with pytest.raises(TemplateError, match=r"OtherNow: .*nonsense"):
        scheduler.schedules(template, resources(template))


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ('{ Pattern: { source: [a] }, Input: "{}" }', r"Other\.Now: .* Input$"),
        ('{ Pattern: { source: [a] }, InputPath: "$.detail" }', r"Other\.Now: .* InputPath$"),
        ("{ Pattern: { source: a } }", r"Other\.Now: .* 'source' must be an object or an array"),
    ],
)
def test_unsupported_rule_is_a_template_error(properties: str, message: str, tmp_path: Path) -> None:
    template = with_event(tmp_path, f"{{ Type: EventBridgeRule, Properties: {properties} }}")

    with pytest.raises(TemplateError, match=message):
        event_bus.rules(template, resources(template))
