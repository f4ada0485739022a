"""What each function may do, as a table to be read: one that needs more shows here, and one that has too much."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

PUBLIC_URL = "ssm:GetParameter parameter/keepreel/${Stage}/public-url"
START = "states:StartExecution stateMachine:keepreel-${Stage}-video"
KLING_KEYS = "secretsmanager:GetSecretValue secret:${KlingSecretName}-??????"
HIGGSFIELD_KEYS = "secretsmanager:GetSecretValue secret:${HiggsfieldSecretName}-??????"
PROVIDERS_KEYS = {KLING_KEYS, HIGGSFIELD_KEYS}
SIGNING_KEY = "secretsmanager:GetSecretValue SigningKey"
COUNT = "dynamodb:UpdateItem RequestsTable"
READ_COMMUNITY, TELL = "dynamodb:GetItem CommunitiesTable", "events:PutEvents EventBus"
READ_VIDEO, UPDATE_VIDEO = "dynamodb:GetItem VideosTable", "dynamodb:UpdateItem VideosTable"

RIGHTS = {
    "GenerateVideoFunctionRole": {
        READ_VIDEO,
        "dynamodb:PutItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:GetObject MediaBucket/uploads/*",
        "s3:PutObject MediaBucket/uploads/*",
        PUBLIC_URL,
        START,
    },
    "GenerateBotVideoFunctionRole": {
        READ_COMMUNITY,
        READ_VIDEO,
        "dynamodb:PutItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:GetObject MediaBucket/uploads/*",
        "sqs:SendMessage BotVideoFailures",
        PUBLIC_URL,
        START,
    },
    "GenerateBotVideoFunctionByTheClockRole": {
        "lambda:InvokeFunction GenerateBotVideoFunction",
        "sqs:SendMessage BotVideoFailures",
    },
    "CheckVideoStatusFunctionRole": {READ_VIDEO, READ_COMMUNITY, PUBLIC_URL},
    "LibraryFunctionRole": {
        READ_VIDEO,
        READ_COMMUNITY,
        UPDATE_VIDEO,
        "dynamodb:Query VideosTable",
        "dynamodb:Query VideosTable/index/by_status",
        "dynamodb:Query VideosTable/index/by_type",
        "dynamodb:Query VideosTable/index/by_model",
        "dynamodb:GetItem SharesTable",
        "dynamodb:PutItem SharesTable",
        "dynamodb:UpdateItem SharesTable",
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:BatchGetItem RequestsTable",
        COUNT,
        "s3:GetObject MediaBucket/media/*",
        SIGNING_KEY,
        PUBLIC_URL,
    },
    "DeleteVideoFunctionRole": {
        READ_VIDEO,
        READ_COMMUNITY,
        UPDATE_VIDEO,
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:DeleteObject MediaBucket/media/*",
        SIGNING_KEY,
        PUBLIC_URL,
        *PROVIDERS_KEYS,
    },
    "SharedVideoFunctionRole": {
        "dynamodb:GetItem SharesTable",
        READ_VIDEO,
        UPDATE_VIDEO,
        COUNT,
        SIGNING_KEY,
        PUBLIC_URL,
    },
    "WebFunctionRole": {PUBLIC_URL},
    "CommunitiesFunctionRole": {
        READ_COMMUNITY,
        "dynamodb:UpdateItem CommunitiesTable",
        "dynamodb:Query CommunitiesTable/index/by_owner",
        "s3:GetObject MediaBucket/uploads/*",
        SIGNING_KEY,
    },
    "SubmitVideoFunctionRole": {READ_VIDEO, UPDATE_VIDEO, "s3:GetObject MediaBucket/uploads/*", *PROVIDERS_KEYS},
    "PollProviderFunctionRole": {READ_VIDEO, UPDATE_VIDEO, *PROVIDERS_KEYS},
    "SaveVideoFunctionRole": {
        READ_VIDEO,
        UPDATE_VIDEO,
        "s3:GetObject MediaBucket/media/*",
        "s3:PutObject MediaBucket/media/*",
        "s3:DeleteObject MediaBucket/media/*",
        "s3:AbortMultipartUpload MediaBucket/media/*",
        "dynamodb:UpdateItem RequestsTable",
        TELL,
        PUBLIC_URL,
        *PROVIDERS_KEYS,
    },
    "FailVideoFunctionRole": {READ_VIDEO, UPDATE_VIDEO, "dynamodb:UpdateItem RequestsTable", TELL, PUBLIC_URL},
    "SweepVideosFunctionRole": {
        READ_VIDEO,
        UPDATE_VIDEO,
        "dynamodb:Query VideosTable/index/in_flight",
        "sqs:SendMessage SweepFailures",
        "dynamodb:DeleteItem VideosTable",
        "dynamodb:DeleteItem SharesTable",
        "s3:DeleteObject MediaBucket/media/*",
        SIGNING_KEY,
        TELL,
        PUBLIC_URL,
        START,
    },
    "SweepVideosFunctionEveryFiveMinutesRole": {"lambda:InvokeFunction SweepVideosFunction"},
    "VideoWorkflowRole": {
        "lambda:InvokeFunction SubmitVideoFunction",
        "lambda:InvokeFunction PollProviderFunction",
        "lambda:InvokeFunction SaveVideoFunction",
        "lambda:InvokeFunction FailVideoFunction",
        # AWS knows no resource to name for these.
        "logs:CreateLogDelivery *",
        "logs:GetLogDelivery *",
        "logs:UpdateLogDelivery *",
        "logs:DeleteLogDelivery *",
        "logs:ListLogDeliveries *",
        "logs:PutResourcePolicy *",
        "logs:DescribeResourcePolicies *",
        "logs:DescribeLogGroups *",
    },
}
MANAGED = {"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"}


def test_every_role_may_do_exactly_what_the_table_says(resources: dict[str, Any]) -> None:
    roles = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::IAM::Role"}

    found = {name: set(_rights(role)) for name, role in roles.items()}

    assert found == RIGHTS


def test_no_role_has_a_managed_policy_but_for_logs_and_traces(resources: dict[str, Any]) -> None:
    roles = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::IAM::Role"]

    managed = {arn.rsplit("/", 1)[1] for role in roles for arn in role.get("ManagedPolicyArns", [])}

    assert managed == MANAGED


@pytest.mark.parametrize("role", RIGHTS)
def test_no_action_is_a_wildcard_and_no_resource_beyond_a_prefix_of_the_bucket(role: str) -> None:
    stars = [right for right in RIGHTS[role] if "*" in right and not right.startswith("logs:")]

    assert [it for it in stars if not re.fullmatch(r"s3:\w+ MediaBucket/(uploads|media)/\*", it)] == []


def test_of_those_who_answer_requests_only_the_one_who_cancels_can_read_the_providers_keys() -> None:
    holders = {role for role, rights in RIGHTS.items() if PROVIDERS_KEYS & rights}

    assert holders == {
        "SubmitVideoFunctionRole",
        "PollProviderFunctionRole",
        "SaveVideoFunctionRole",
        "DeleteVideoFunctionRole",
    }


def _rights(role: dict[str, Any]) -> Iterator[str]:
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in _as_list(statement["Action"]):
                for resource in _as_list(statement["Resource"]):
                    yield f"{action} {_words(resource)}"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _words(resource: Any) -> str:
    """A resource in short: its logical id, or the last part of its ARN, and what follows."""
    match resource:
        case {"Fn::GetAtt": [name, "Arn"]} | {"Ref": name}:
            return str(name)
        case {"Fn::Sub": [str(text), {"stateMachineName": {"Fn::Sub": str(name)}}]}:
            return _words({"Fn::Sub": text.replace("${stateMachineName}", name)})
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text.rpartition("${AWS::AccountId}:")[2])
        case _:
            return str(resource)
