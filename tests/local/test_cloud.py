"""The local cloud: moto with its gaps closed."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from local.stack import Stack

THREADS = 8


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What this gives in several threads that start together."""
    barrier = Barrier(THREADS)

    def run(_: int) -> Any:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_a_conditional_write_has_one_winner(stack: Stack) -> None:
    table, client = stack.resources.attribute("RequestsTable", "Ref"), boto3.client("dynamodb")

    def win(key: str) -> bool:
        item = {"key": {"S": key}, "padding": {"S": "x" * 20_000}}
        try:
            client.put_item(
                TableName=table,
                Item=item,
                ConditionExpression="attribute_not_exists(#k)",
                ExpressionAttributeNames={"#k": "key"},
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    keys = [f"race#{uuid4()}" for _ in range(10)]

    assert [sum(at_once(lambda key=key: win(key))) for key in keys] == [1] * 10  # type: ignore[misc]


def test_a_name_starts_one_execution(stack: Stack) -> None:
    client = boto3.client("stepfunctions")
    machine = stack.resources.attribute("VideoWorkflow", "Arn")
    name = str(uuid4())

    def start() -> str:
        try:
            return client.start_execution(
                stateMachineArn=machine, name=name, input=json.dumps({"owner": "user#x", "video_id": name})
            )["executionArn"]
        except client.exceptions.ExecutionAlreadyExists:
            return "exists"

    at_once(start)

    listed = client.list_executions(stateMachineArn=machine)["executions"]
    assert [it["name"] for it in listed].count(name) == 1


def test_a_function_can_be_invoked_as_lambdas_are(stack: Stack) -> None:
    client = boto3.client("lambda")
    stack.invoker.before = fail

    try:
        answer = client.invoke(FunctionName="keepreel-local-LibraryFunction", Payload=b"{}")
    finally:
        stack.invoker.before = None

    assert answer["FunctionError"] == "Unhandled"
    assert json.load(answer["Payload"])["errorType"] == "ConnectionResetError"


def test_an_unknown_function_is_not_found(stack: Stack) -> None:
    assert stack.aws_endpoint
    with pytest.raises(ClientError) as caught:
        boto3.client("lambda").invoke(FunctionName="nobody", Payload=b"{}")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_the_tables_are_those_of_the_template(stack: Stack) -> None:
    client = boto3.client("dynamodb")
    videos, requests_table = (stack.resources.attribute(it, "Ref") for it in ("VideosTable", "RequestsTable"))

    table = client.describe_table(TableName=videos)["Table"]
    lifetime = client.describe_time_to_live(TableName=requests_table)["TimeToLiveDescription"]

    assert table["KeySchema"] == [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "video_id", "KeyType": "RANGE"},
    ]
    assert [it["IndexName"] for it in table["GlobalSecondaryIndexes"]] == ["in_flight"]
    assert (lifetime["TimeToLiveStatus"], lifetime["AttributeName"]) == ("ENABLED", "expires_at")


def test_functions_see_the_templates_environment(stack: Stack) -> None:
    names = ("STAGE", "PUBLIC_URL", "VIDEOS_TABLE", "MEDIA_BUCKET", "PUBLIC_URL_PARAMETER", "VIDEO_WORKFLOW_ARN")

    assert [os.environ[it] for it in names] == [
        "local",
        stack.url,
        stack.resources.attribute("VideosTable", "Ref"),
        stack.resources.attribute("MediaBucket", "Ref"),
        "/keepreel/local/public-url",
        stack.resources.attribute("VideoWorkflow", "Arn"),
    ]


def test_everything_listens_on_this_machine_alone(stack: Stack) -> None:
    described = stack.describe()

    addresses = [
        described["page"],
        described["api"],
        described["aws_endpoint"],
        described["providers"]["kling"]["base_url"],
    ]

    assert {it.rpartition(":")[0] for it in addresses} == {"http://127.0.0.1"}
    assert requests.get(described["api"] + "/v1/videos", timeout=10).status_code == 401


def fail(_: str, __: Any) -> None:
    raise ConnectionResetError
