"""The template reader: parameters, conditions, intrinsic functions and errors."""

from pathlib import Path
from typing import Any

import pytest

from local.aws.template import ACCOUNT_ID, REGION, TemplateError
from tests.local.aws.small_template import TEMPLATE, read, resources


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
def test_intrinsic_functions_resolve_like_cloudformation(value: Any, resolved: Any, tmp_path: Path) -> None:
    assert read(tmp_path).resolve(value, attribute=attribute) == resolved


def test_unsupported_intrinsic_function_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Fn::ImportValue"):
        read(tmp_path).resolve({"Fn::ImportValue": "x"}, attribute=attribute)


def test_globals_are_merged_like_sam(tmp_path: Path) -> None:
    merged = read(tmp_path).resources["Hello"].properties

    assert merged == {
        "CodeUri": "functions/hello/",
        "Handler": "app.lambda_handler",
        "Timeout": 20,
        "Layers": ["one", "two"],
        "Environment": {"Variables": {"STAGE": {"Ref": "Stage"}, "SIZE": "large"}},
    }


def test_resource_exists_only_if_its_condition_is_true(tmp_path: Path) -> None:
    assert set(read(tmp_path).resources) == {"Hello"}
    assert set(read(tmp_path, Stage="prod").resources) == {"Hello", "OnlyInProduction"}


def test_unknown_parameter_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no parameter Color; known: Limit, Name, Size, Stage, Zones"):
        read(tmp_path, Color="red")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("Size", "huge", "Size must be one of small, large, not 'huge'"),
        ("Name", "Ada", "Name must be a match of .*, not 'Ada'"),
        ("Limit", "many", "Limit must be a whole number of at least 4, not 'many'"),
        ("Limit", "3", "Limit must be a whole number of at least 4, not '3'"),
    ],
)
def test_invalid_parameter_value_is_a_template_error(name: str, value: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("Number, Default: 1, MinValue: 1, MaxValue: 20", "a whole number of at least 1 and at most 20, not '21'"),
        ('String, Default: "a=5", AllowedPattern: "[a-z]=[0-9]"', r"a match of .*, such as a=5, not '21'"),
    ],
)
def test_error_names_the_largest_value_and_an_example(value: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=message):
        read(tmp_path, f"Parameters: {{ Limit: {{ Type: {value} }} }}", Limit="21")


def test_valid_parameter_values_are_accepted(tmp_path: Path) -> None:
    template = read(tmp_path, Size="large", Name="ada", Limit="4")

    assert template.parameters == {"Stage": "dev", "Limit": "4", "Zones": ["a", "b"], "Size": "large", "Name": "ada"}


def test_parameter_without_default_is_required(tmp_path: Path) -> None:
    text = TEMPLATE.replace("Type: Number, Default: 50", "Type: Number")

    with pytest.raises(TemplateError, match="Limit"):
        read(tmp_path, text)


def test_unsupported_resource_type_is_a_template_error(tmp_path: Path) -> None:
    template = read(tmp_path, "Resources: { Cluster: { Type: AWS::Redshift::Cluster } }")

    with pytest.raises(TemplateError, match=r"Cluster: .* AWS::Redshift::Cluster"):
        resources(template).create()


def test_circular_dependency_is_a_template_error(tmp_path: Path) -> None:
    first = "{ Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Second } }"
    second = "{ Type: AWS::SQS::Queue, Properties: { QueueName: !Ref First } }"
    template = read(tmp_path, f"Resources: {{ First: {first}, Second: {second} }}")

    with pytest.raises(TemplateError, match="First → Second → First"):
        resources(template).create()
