"""The template reader: what it resolves, and what it refuses by name."""

from pathlib import Path
from typing import Any

import pytest

from local.aws import lambda_functions as functions
from local.aws import scheduler as schedules
from local.aws.lambda_invoker import Function
from local.aws.resources import Resources
from local.aws.template import ACCOUNT_ID, REGION, Template, TemplateError

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
  Limit: { Type: Number, Default: 50, MinValue: 4 }
  Zones: { Type: CommaDelimitedList, Default: "a,b" }
  Size: { Type: String, Default: small, AllowedValues: [small, large] }
  Name: { Type: String, Default: "", AllowedPattern: "[a-z]*" }
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
  IsNot: !Not [!Condition IsProduction]
  IsEither: !Or [!Condition IsProduction, !Equals [!Ref Stage, dev]]
  IsBoth: !And [!Condition IsProduction, !Condition IsEither]
Mappings:
  Sizes: { dev: { memory: 128 } }
Globals:
  Function:
    Timeout: 10
    Layers: [one]
    Environment: { Variables: { STAGE: !Ref Stage, SIZE: small } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/hello/
      Handler: app.lambda_handler
      Timeout: 20
      Layers: [two]
      Environment: { Variables: { SIZE: large } }
  OnlyInProduction:
    Type: AWS::SNS::Topic
    Condition: IsProduction
"""


def read(tmp_path: Path, text: str = TEMPLATE, **parameters: str) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    return Template(path, parameters=parameters, stack_name="test")


def resources(template: Template) -> Resources:
    return Resources(template, public_host="127.0.0.1:1", secrets={})


def attribute(logical_id: str, name: str) -> str:
    return f"<{logical_id}.{name}>"


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Limit"}, "50"),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, REGION),
        ({"Ref": "Table"}, "<Table.Ref>"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "<Table.Arn>"),
        ({"Fn::GetAtt": "Pool.Provider.URL"}, "<Pool.Provider.URL>"),
        ({"Fn::Sub": "${Stage}-${Table}-${Table.Arn}-${AWS::AccountId}"}, f"dev-<Table.Ref>-<Table.Arn>-{ACCOUNT_ID}"),
        ({"Fn::Sub": ["${mine} ${!Literal}", {"mine": {"Ref": "Stage"}}]}, "dev ${Literal}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1]]}, "a-dev-1"),
        ({"Fn::If": ["IsProduction", 1, {"Ref": "Stage"}]}, "dev"),
        ({"Fn::If": ["IsNot", 1, 2]}, 1),
        ({"Fn::If": ["IsEither", 1, 2]}, 1),
        ({"Fn::If": ["IsBoth", 1, 2]}, 2),
        ({"Fn::Select": ["1", {"Fn::Split": ["-", "a-b"]}]}, "b"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 128),
        ({"kept": 1, "dropped": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"Condition": {"StringEquals": 1}, "Effect": "Deny"}, {"Condition": {"StringEquals": 1}, "Effect": "Deny"}),
    ],
)
def test_an_intrinsic_function_gives_what_cloudformation_would(value: Any, resolved: Any, tmp_path: Path) -> None:
    assert read(tmp_path).resolve(value, attribute=attribute) == resolved


def test_an_unknown_intrinsic_function_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Fn::ImportValue"):
        read(tmp_path).resolve({"Fn::ImportValue": "x"}, attribute=attribute)


def test_globals_are_merged_as_sam_merges_them(tmp_path: Path) -> None:
    merged = read(tmp_path).resources["Hello"].properties

    assert merged == {
        "CodeUri": "functions/hello/",
        "Handler": "app.lambda_handler",
        "Timeout": 20,
        "Layers": ["one", "two"],
        "Environment": {"Variables": {"STAGE": {"Ref": "Stage"}, "SIZE": "large"}},
    }


def test_a_resource_is_there_only_where_its_condition_holds(tmp_path: Path) -> None:
    assert set(read(tmp_path).resources) == {"Hello"}
    assert set(read(tmp_path, Stage="prod").resources) == {"Hello", "OnlyInProduction"}


def test_a_parameter_that_the_template_lacks_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no parameter Color; known: Limit, Name, Size, Stage, Zones"):
        read(tmp_path, Color="red")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Size", "huge", "Size must be one of small, large, not 'huge'"),
        ("Name", "Ada", "Name must be a match of .*, not 'Ada'"),
        ("Limit", "many", "Limit must be a whole number of at least 4, not 'many'"),
        ("Limit", "3", "Limit must be a whole number of at least 4, not '3'"),
    ],
)
def test_a_value_that_cloudformation_would_refuse_is_refused(name: str, value: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=words):
        read(tmp_path, **{name: value})


def test_a_value_within_the_rules_is_taken(tmp_path: Path) -> None:
    template = read(tmp_path, Size="large", Name="ada", Limit="4")

    assert template.parameters == {"Stage": "dev", "Limit": "4", "Zones": ["a", "b"], "Size": "large", "Name": "ada"}


def test_a_parameter_without_default_must_be_given(tmp_path: Path) -> None:
    text = TEMPLATE.replace("Type: Number, Default: 50", "Type: Number")

    with pytest.raises(TemplateError, match="Limit"):
        read(tmp_path, text)


def test_a_type_that_nothing_here_knows_is_refused_by_type_and_logical_id(tmp_path: Path) -> None:
    template = read(tmp_path, "Resources: { Cluster: { Type: AWS::Redshift::Cluster } }")

    with pytest.raises(TemplateError, match=r"Cluster: .* AWS::Redshift::Cluster"):
        resources(template).create()


def test_resources_that_need_each_other_are_named(tmp_path: Path) -> None:
    first = "{ Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Second } }"
    second = "{ Type: AWS::SQS::Queue, Properties: { QueueName: !Ref First } }"
    template = read(tmp_path, f"Resources: {{ First: {first}, Second: {second} }}")

    with pytest.raises(TemplateError, match="First → Second → First"):
        resources(template).create()


def test_a_function_is_what_globals_and_its_own_properties_make_it(tmp_path: Path) -> None:
    template = read(tmp_path)

    (function,) = functions.functions(template, resources(template))

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
    ("said", "retries", "on_failure_queue"),
    [
        ("MaximumEventAgeInSeconds: 300", 2, None),
        ("MaximumRetryAttempts: 0", 0, None),
        ("DestinationConfig: { OnFailure: { Type: SQS, Destination: !Sub 'arn:${Stage}' } }", 2, "arn:dev"),
    ],
)
def test_a_function_says_what_becomes_of_an_event_that_it_fails_on(
    said: str, retries: int, on_failure_queue: str | None, tmp_path: Path
) -> None:
    template = read(tmp_path, TEMPLATE.replace("Timeout: 20", f"EventInvokeConfig: {{ {said} }}"))

    (function,) = functions.functions(template, resources(template))

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
def test_a_destination_that_nothing_here_sends_to_is_refused_by_name(destinations: str, tmp_path: Path) -> None:
    said = f"EventInvokeConfig: {{ DestinationConfig: {{ {destinations} }} }}"
    template = read(tmp_path, TEMPLATE.replace("Timeout: 20", said))

    with pytest.raises(TemplateError, match=r"Hello: .* an SQS queue in OnFailure, not {'On"):
        functions.functions(template, resources(template))


def test_functions_that_want_different_values_of_one_variable_are_refused(tmp_path: Path) -> None:
    other = "  Other: { Type: AWS::Serverless::Function, Properties: { CodeUri: f/o/, Handler: app.f } }\n"
    template = read(tmp_path, TEMPLATE + other)

    with pytest.raises(TemplateError, match=r"Other: the variable SIZE"):
        functions.shared_environment(functions.functions(template, resources(template)))


def with_event(tmp_path: Path, event: str) -> Template:
    properties = f"{{ CodeUri: f/o/, Handler: app.f, Events: {{ Now: {event} }} }}"
    return read(tmp_path, f"Resources: {{ Other: {{ Type: AWS::Serverless::Function, Properties: {properties} }} }}")


def test_an_event_source_that_nothing_here_fires_is_refused_by_name(tmp_path: Path) -> None:
    template = with_event(tmp_path, "{ Type: Kinesis, Properties: {} }")

    with pytest.raises(TemplateError, match=r"Other\.Now: .* Kinesis"):
        functions.functions(template, resources(template))


@pytest.mark.parametrize(
    ("kind", "expression", "seconds", "source"),
    [
        ("ScheduleV2", "ScheduleExpression: rate(5 minutes)", 300, "aws.scheduler"),
        ("ScheduleV2", "ScheduleExpression: rate(7 days)", 604800, "aws.scheduler"),
        ("Schedule", "Schedule: rate(1 hour)", 3600, "aws.events"),
    ],
)
def test_a_rate_becomes_a_schedule(kind: str, expression: str, seconds: int, source: str, tmp_path: Path) -> None:
    template = with_event(tmp_path, f"{{ Type: {kind}, Properties: {{ {expression} }} }}")

    (schedule,) = schedules.schedules(template, resources(template))

    assert schedule == schedules.Schedule(name="OtherNow", function="Other", every_seconds=seconds, source=source)


def test_a_schedule_that_is_switched_off_does_not_run(tmp_path: Path) -> None:
    said = "{ ScheduleExpression: rate(5 minutes), State: DISABLED }"
    template = with_event(tmp_path, f"{{ Type: ScheduleV2, Properties: {said} }}")

    assert schedules.schedules(template, resources(template)) == []


def test_a_cron_expression_is_refused_by_name(tmp_path: Path) -> None:
    template = with_event(tmp_path, '{ Type: ScheduleV2, Properties: { ScheduleExpression: "cron(0 8 * * ? *)" } }')

    with pytest.raises(TemplateError, match=r"OtherNow: .*cron"):
        schedules.schedules(template, resources(template))


def test_an_input_that_is_no_json_is_refused_by_name(tmp_path: Path) -> None:
    said = "{ ScheduleExpression: rate(5 minutes), Input: '{nonsense' }"
    template = with_event(tmp_path, f"{{ Type: ScheduleV2, Properties: {said} }}")

    with pytest.raises(TemplateError, match=r"OtherNow: .*nonsense"):
        schedules.schedules(template, resources(template))
