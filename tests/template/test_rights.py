"""The permissions of each role, as a table: a role with too few or too many permissions fails here."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from keepreel.providers import registry

PUBLIC_URL = "ssm:GetParameter parameter/keepreel/${Stage}/public-url"
PAUSE_SWITCH = "ssm:GetParameter parameter/keepreel/${Stage}/paused"
START = "states:StartExecution stateMachine:keepreel-${Stage}-video"
ANSWER = "states:SendTaskSuccess stateMachine:keepreel-${Stage}-video"
PROVIDER_KEYS = {
    f"secretsmanager:GetSecretValue secret:${{{name.title()}SecretName}}-??????" for name in registry.PROVIDERS
}
LIST_BUCKET = "s3:ListBucket MediaBucket"  # lists nothing: with it, S3 returns 404 for a missing key instead of 403
# A deletion adds a marker in a bucket with versions; what removes the file deletes its versions.
PURGE_FILES = {"s3:ListBucketVersions MediaBucket", "s3:DeleteObjectVersion MediaBucket/media/*"}
SIGNING_KEY = "secretsmanager:GetSecretValue SigningKey or secret:${ExistingSecrets}/signing-??????"
WEBHOOK_SECRET = SIGNING_KEY.replace("SigningKey", "secret:${KlingWebhookSecretName}-?????? or SigningKey")
ADD_TO_COUNTS, COUNT = "dynamodb:UpdateItem RequestsTable", "lambda:InvokeFunction CountViewFunction:live"
CALL_DISPATCHER, LET_SLOT_GO = (
    "lambda:InvokeFunction function:keepreel-${Stage}-dispatch:live",
    "dynamodb:DeleteItem SlotsTable",
)
CALL_WORKER = "lambda:InvokeFunction function:keepreel-${Stage}-account-worker:live"
READ_COMMUNITY, PUBLISH = "dynamodb:GetItem CommunitiesTable", "events:PutEvents EventBus"
READ_VIDEO, UPDATE_VIDEO = "dynamodb:GetItem VideosTable", "dynamodb:UpdateItem VideosTable"
READ_PLACES = {
    "dynamodb:Query VideosTable/index/waiting",
    "dynamodb:Query SlotsTable",
    "dynamodb:GetItem RequestsTable",
}

RIGHTS = {
    "GenerateVideoFunctionRole": {
        LIST_BUCKET,
        READ_VIDEO,
        "dynamodb:PutItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:GetObject MediaBucket/uploads/*",
        "s3:PutObject MediaBucket/uploads/*",
        PUBLIC_URL,
        PAUSE_SWITCH,
        CALL_DISPATCHER,
    },
    "GenerateBotVideoFunctionRole": {
        LIST_BUCKET,
        READ_COMMUNITY,
        READ_VIDEO,
        "dynamodb:PutItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:GetObject MediaBucket/uploads/*",
        "sqs:SendMessage BotVideoFailures",
        PUBLIC_URL,
        PAUSE_SWITCH,
        CALL_DISPATCHER,
    },
    "GenerateBotVideoFunctionScheduleRole": {
        "lambda:InvokeFunction GenerateBotVideoFunction:live",
        "sqs:SendMessage BotVideoFailures",
    },
    "CheckVideoStatusFunctionRole": {
        *READ_PLACES,
        "dynamodb:BatchGetItem VideosTable",
        "dynamodb:BatchGetItem RequestsTable",
        READ_COMMUNITY,
        PUBLIC_URL,
        "s3:GetObject MediaBucket/uploads/*",
    },
    "LibraryFunctionRole": {
        LIST_BUCKET,
        *READ_PLACES,
        READ_VIDEO,
        READ_COMMUNITY,
        CALL_WORKER,
        "dynamodb:PutItem VideosTable",
        UPDATE_VIDEO,
        "dynamodb:BatchGetItem VideosTable",
        "dynamodb:Query VideosTable",
        "dynamodb:Query VideosTable/index/by_status",
        "dynamodb:Query VideosTable/index/by_type",
        "dynamodb:Query VideosTable/index/by_model",
        "dynamodb:GetItem SharesTable",
        "dynamodb:PutItem SharesTable",
        "dynamodb:UpdateItem SharesTable",
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:BatchGetItem RequestsTable",
        ADD_TO_COUNTS,
        COUNT,
        "s3:GetObject MediaBucket/media/*",
        SIGNING_KEY,
        PUBLIC_URL,
    },
    "DeleteVideoFunctionRole": {
        CALL_DISPATCHER,
        LET_SLOT_GO,
        READ_VIDEO,
        READ_COMMUNITY,
        UPDATE_VIDEO,
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:UpdateItem RequestsTable",
        "s3:DeleteObject MediaBucket/media/*",
        SIGNING_KEY,
        *PROVIDER_KEYS,
    },
    "SharedVideoFunctionRole": {
        "dynamodb:GetItem SharesTable",
        READ_VIDEO,
        COUNT,
        SIGNING_KEY,
        PUBLIC_URL,
    },
    "CountViewFunctionRole": {READ_VIDEO, UPDATE_VIDEO, "dynamodb:GetItem RequestsTable", ADD_TO_COUNTS},
    "WebFunctionRole": set(),
    "CommunitiesFunctionRole": {
        LIST_BUCKET,
        "dynamodb:GetItem RequestsTable",
        READ_COMMUNITY,
        "dynamodb:UpdateItem CommunitiesTable",
        "dynamodb:Query CommunitiesTable/index/by_owner",
        "s3:GetObject MediaBucket/uploads/*",
        SIGNING_KEY,
    },
    "AccountFunctionRole": {
        READ_VIDEO,  # and jobs, which are in the same table
        "dynamodb:PutItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        READ_COMMUNITY,
        "dynamodb:UpdateItem CommunitiesTable",
        "cognito-idp:AdminGetUser UserPool",
        "s3:GetObject MediaBucket/exports/*",
        CALL_WORKER,
    },
    "AccountWorkerFunctionRole": {
        READ_VIDEO,
        UPDATE_VIDEO,
        "dynamodb:Query VideosTable",
        "dynamodb:PutItem VideosTable",
        "dynamodb:DeleteItem VideosTable",
        "dynamodb:GetItem RequestsTable",
        "dynamodb:BatchGetItem RequestsTable",
        "dynamodb:Scan RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        "dynamodb:DeleteItem RequestsTable",
        "dynamodb:GetItem SharesTable",
        "dynamodb:Scan SharesTable",
        "dynamodb:DeleteItem SharesTable",
        READ_COMMUNITY,
        "dynamodb:UpdateItem CommunitiesTable",
        "dynamodb:DeleteItem CommunitiesTable",
        "dynamodb:Query CommunitiesTable/index/by_owner",
        LET_SLOT_GO,
        LIST_BUCKET,
        "s3:ListBucketVersions MediaBucket",
        "s3:GetObject MediaBucket/media/*",
        "s3:PutObject MediaBucket/media/*",
        "s3:DeleteObject MediaBucket/media/*",
        "s3:DeleteObjectVersion MediaBucket/media/*",
        "s3:GetObject MediaBucket/uploads/*",
        "s3:PutObject MediaBucket/uploads/*",
        "s3:DeleteObjectVersion MediaBucket/uploads/*",
        "s3:GetObject MediaBucket/exports/*",
        "s3:PutObject MediaBucket/exports/*",
        "s3:DeleteObjectVersion MediaBucket/exports/*",
        "cognito-idp:AdminGetUser UserPool",
        "cognito-idp:AdminDeleteUser UserPool",
        "sqs:SendMessage SweepFailures",
        SIGNING_KEY,
        PUBLIC_URL,
        CALL_DISPATCHER,
        CALL_WORKER,
        *PROVIDER_KEYS,
    },
    "AccountWorkerFunctionUnusedUploadsRole": {"lambda:InvokeFunction AccountWorkerFunction:live"},
    "ProviderCallbackFunctionRole": {
        READ_VIDEO,
        "lambda:InvokeFunction PollProviderFunction:live",
        WEBHOOK_SECRET,
        SIGNING_KEY,
    },
    "AwaitResultFunctionRole": {READ_VIDEO, "dynamodb:UpdateItem RequestsTable", ANSWER},
    "SubmitVideoFunctionRole": {
        PUBLIC_URL,
        SIGNING_KEY,
        CALL_DISPATCHER,
        LET_SLOT_GO,
        "dynamodb:GetItem SlotsTable",
        "dynamodb:Query SlotsTable",
        "dynamodb:UpdateItem SlotsTable",
        LIST_BUCKET,
        PAUSE_SWITCH,
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        READ_VIDEO,
        UPDATE_VIDEO,
        "s3:GetObject MediaBucket/uploads/*",
        *PROVIDER_KEYS,
    },
    "PollProviderFunctionRole": {
        "dynamodb:Query VideosTable/index/waiting",
        ANSWER,
        CALL_DISPATCHER,
        LET_SLOT_GO,
        "dynamodb:GetItem RequestsTable",
        "dynamodb:PutItem RequestsTable",
        "dynamodb:UpdateItem RequestsTable",
        READ_VIDEO,
        UPDATE_VIDEO,
        *PROVIDER_KEYS,
    },
    "SaveVideoFunctionRole": {
        CALL_DISPATCHER,
        LET_SLOT_GO,
        LIST_BUCKET,
        READ_VIDEO,
        UPDATE_VIDEO,
        "s3:GetObject MediaBucket/media/*",
        "s3:PutObject MediaBucket/media/*",
        *PURGE_FILES,
        SIGNING_KEY,
        "secretsmanager:GetSecretValue secret:${ContentCredentialsSecretName}-??????",
        "kms:Sign ContentCredentialsKmsKeyId or key/none",
        "dynamodb:UpdateItem RequestsTable",
        PUBLISH,
        PUBLIC_URL,
        *PROVIDER_KEYS,
    },
    "FailVideoFunctionRole": {
        CALL_DISPATCHER,
        LET_SLOT_GO,
        READ_VIDEO,
        UPDATE_VIDEO,
        "dynamodb:UpdateItem RequestsTable",
        PUBLISH,
        PUBLIC_URL,
    },
    "SweepVideosFunctionRole": {
        CALL_DISPATCHER,
        CALL_WORKER,
        "dynamodb:PutItem VideosTable",
        READ_VIDEO,
        UPDATE_VIDEO,
        "dynamodb:BatchGetItem VideosTable",
        "dynamodb:Query VideosTable/index/in_flight",
        "lambda:InvokeFunction function:keepreel-${Stage}-sweep:live",
        "sqs:SendMessage SweepFailures",
        "dynamodb:DeleteItem VideosTable",
        "dynamodb:DeleteItem SharesTable",
        "dynamodb:DeleteItem RequestsTable",
        *PURGE_FILES,
        SIGNING_KEY,
        PUBLISH,
        PUBLIC_URL,
        START,
    },
    "DispatchVideosFunctionRole": {
        READ_VIDEO,
        UPDATE_VIDEO,
        "dynamodb:Query VideosTable/index/waiting",
        "dynamodb:GetItem SlotsTable",
        "dynamodb:Query SlotsTable",
        "dynamodb:PutItem SlotsTable",
        "dynamodb:UpdateItem SlotsTable",
        "dynamodb:DeleteItem SlotsTable",
        "sqs:SendMessage SweepFailures",
        PAUSE_SWITCH,
        START,
        CALL_DISPATCHER,
    },
    "DispatchVideosFunctionEveryMinuteRole": {"lambda:InvokeFunction DispatchVideosFunction:live"},
    "SweepVideosFunctionEveryFiveMinutesRole": {"lambda:InvokeFunction SweepVideosFunction:live"},
    "CodeDeployServiceRole": set(),
    "VideoWorkflowRole": {
        "lambda:InvokeFunction SubmitVideoFunction:live",
        "lambda:InvokeFunction PollProviderFunction:live",
        "lambda:InvokeFunction AwaitResultFunction:live",
        "lambda:InvokeFunction SaveVideoFunction:live",
        "lambda:InvokeFunction FailVideoFunction:live",
        # These actions have no resource.
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
AWS_MANAGED = {"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess", "AWSCodeDeployRoleForLambda"}


def test_each_role_has_exactly_the_rights_of_the_table(resources: dict[str, Any]) -> None:
    roles = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::IAM::Role"}

    found = {name: set(_rights(role, resources)) for name, role in roles.items()}

    assert found == RIGHTS


def test_the_only_aws_managed_policies_are_for_logs_traces_and_deployments(resources: dict[str, Any]) -> None:
    roles = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::IAM::Role"]

    arns = [arn for role in roles for arn in role.get("ManagedPolicyArns", []) if not _is_ours(arn)]

    assert {arn.rsplit("/", 1)[1] for arn in arns} == AWS_MANAGED


def test_several_roles_share_each_managed_policy(resources: dict[str, Any]) -> None:
    ours = {name for name, it in resources.items() if it["Type"] == "AWS::IAM::ManagedPolicy"}
    roles = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::IAM::Role"]

    uses = Counter(arn["Ref"] for role in roles for arn in role.get("ManagedPolicyArns", []) if _is_ours(arn))

    assert uses.keys() == ours
    assert min(uses.values()) > 1


@pytest.mark.parametrize("role", RIGHTS)
def test_wildcards_name_only_a_prefix_of_the_bucket(role: str) -> None:
    stars = [right for right in RIGHTS[role] if "*" in right and not right.startswith("logs:")]

    assert [it for it in stars if not re.fullmatch(r"s3:\w+ MediaBucket/(uploads|media|exports)/\*", it)] == []


def test_of_the_functions_behind_the_api_only_the_one_that_cancels_can_read_provider_keys() -> None:
    holders = {role for role, rights in RIGHTS.items() if PROVIDER_KEYS & rights}

    assert holders == {
        "SubmitVideoFunctionRole",
        "PollProviderFunctionRole",
        "SaveVideoFunctionRole",
        "DeleteVideoFunctionRole",
        "AccountWorkerFunctionRole",  # not behind the API
    }


def _rights(role: dict[str, Any], resources: dict[str, Any]) -> Iterator[str]:
    """Yield "action resource" for each statement of the role's own policies and of our managed ones."""
    shared = [resources[arn["Ref"]]["Properties"] for arn in role.get("ManagedPolicyArns", []) if _is_ours(arn)]
    for policy in [*role.get("Policies", []), *shared]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in _as_list(statement["Action"]):
                for resource in _as_list(statement["Resource"]):
                    yield f"{action} {_short(resource)}"


def _is_ours(arn: Any) -> bool:
    return isinstance(arn, dict) and "Ref" in arn


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _short(resource: Any) -> str:
    """Return the logical id of a resource, or the last part of its ARN, with its suffix."""
    match resource:
        case {"Fn::GetAtt": [name, "Value"]}:  # the ARN of a store of this stack or of an earlier one
            return str(name).removesuffix("Arn")
        case {"Fn::GetAtt": [name, "Arn"]} | {"Ref": name}:
            return str(name).replace("Aliaslive", ":live")
        case {"Fn::Sub": [str(text), {"stateMachineName": {"Fn::Sub": str(name)}}]}:
            return _short({"Fn::Sub": text.replace("${stateMachineName}", name)})
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+?)(?:Arn\.Value|\.Arn)\}", r"\1", text.rpartition("${AWS::AccountId}:")[2])
        case {"Fn::If": [_, given, default]}:
            return f"{_short(given)} or {_short(default)}"
        case _:
            return str(resource)
