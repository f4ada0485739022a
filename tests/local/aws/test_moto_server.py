"""The moto server: thread safety, Lambda, tables and environment."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from local.stack import Stack

THREADS = 8


@pytest.fixture
def _busy() -> Iterator[None]:
    """Switch threads as often as possible, so that a race condition shows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def run_concurrently(work: Callable[[], bool]) -> int:
    """Run `work` in several threads at once, and count how often it returns true."""
    barrier = Barrier(THREADS)

    def run(_: int) -> bool:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, range(THREADS)))


@pytest.mark.usefixtures("_busy")
def test_concurrent_conditional_writes_have_one_winner(stack: Stack) -> None:
    table, client = stack.resources.attribute("RequestsTable", "Ref"), boto3.client("dynamodb")
    lost = client.exceptions.ConditionalCheckFailedException  # its first use is itself a race

    def win(key: str) -> bool:
        try:
            client.update_item(
                TableName=table,
                Key={"key": {"S": key}},
                UpdateExpression="SET winner = :me",
                ConditionExpression="attribute_not_exists(winner)",
                ExpressionAttributeValues={":me": {"S": "x"}},
            )
        except lost:
            return False
        return True

    winners = [run_concurrently(partial(win, f"race#{uuid4()}")) for _ in range(15)]

    assert winners == [1] * 15


@pytest.mark.usefixtures("_busy")
def test_concurrent_starts_with_one_name_start_one_execution(stack: Stack) -> None:
    client = boto3.client("stepfunctions")
    machine = stack.resources.attribute("VideoWorkflow", "Arn")
    exists = client.exceptions.ExecutionAlreadyExists

    def start(name: str) -> bool:
        given = json.dumps({"owner": "user#nobody", "video_id": name})
        with suppress(exists):
            client.start_execution(stateMachineArn=machine, name=name, input=given)
        return True

    names = [str(uuid4()) for _ in range(5)]
    for name in names:
        run_concurrently(partial(start, name))
    started = [it["name"] for it in client.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]]

    assert [started.count(name) for name in names] == [1] * 5


def test_exception_of_an_invoked_function_is_reported(stack: Stack) -> None:
    client = boto3.client("lambda")
    stack.invoker.before = fail

    try:
        response = client.invoke(FunctionName="keepreel-local-LibraryFunction", Payload=b"{}")
    finally:
        stack.invoker.before = None

    assert response["FunctionError"] == "Unhandled"
    assert json.load(response["Payload"])["errorType"] == "ConnectionResetError"


def test_unknown_function_is_not_found(stack: Stack) -> None:
    assert stack.aws_endpoint
    with pytest.raises(ClientError) as caught:
        boto3.client("lambda").invoke(FunctionName="unknown", Payload=b"{}")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize("invocation", ["Event", "RequestResponse"])
@pytest.mark.parametrize("body", [b"{nonsense", b"\xff\xfe\x01"])
def test_event_that_is_not_json_is_rejected(stack: Stack, invocation: Any, body: bytes) -> None:
    name = stack.describe()["functions"]["generate_bot_video"]
    accepted = stack.aws.async_invoker.accepted

    with pytest.raises(ClientError) as caught:
        boto3.client("lambda").invoke(FunctionName=name, InvocationType=invocation, Payload=body)

    error, status = caught.value.response["Error"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert (error["Code"], status) == ("InvalidRequestContentException", 400)
    assert error["Message"].startswith("Could not parse request body into json: ")
    assert stack.aws.async_invoker.accepted == accepted


def test_all_steps_of_workflows_share_one_client(stack: Stack) -> None:
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    create = vars(lambda_eval_utils)["boto_client_for"]
    clients = [create(region="us-east-1", service="lambda") for _ in range(2)]

    assert clients[0] is clients[1]
    assert clients[0].meta.endpoint_url == f"http://localhost:{stack.aws_endpoint.rpartition(':')[2]}"


def test_signing_key_is_not_the_one_that_everyone_can_read_in_moto(stack: Stack) -> None:
    from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse

    (known,) = json.loads(CognitoIdpJsonWebKeyResponse.json_web_key)["keys"]
    (own,) = requests.get(stack.jwks_url, timeout=60).json()["keys"]

    assert (own["kid"], own["n"] != known["n"], "d" in own) == (known["kid"], True, False)


def test_tables_match_the_template(stack: Stack) -> None:
    client = boto3.client("dynamodb")
    videos, requests_table = (stack.resources.attribute(it, "Ref") for it in ("VideosTable", "RequestsTable"))

    table = client.describe_table(TableName=videos)["Table"]
    lifetime = client.describe_time_to_live(TableName=requests_table)["TimeToLiveDescription"]

    assert table["KeySchema"] == [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "video_id", "KeyType": "RANGE"},
    ]
    indexes = stack.template.resources["VideosTable"].properties["GlobalSecondaryIndexes"]
    assert [it["IndexName"] for it in table["GlobalSecondaryIndexes"]] == [it["IndexName"] for it in indexes]
    assert (lifetime["TimeToLiveStatus"], lifetime["AttributeName"]) == ("ENABLED", "expires_at")


def test_functions_get_the_environment_of_the_template(stack: Stack) -> None:
    names = ("PUBLIC_URL", "VIDEOS_TABLE", "MEDIA_BUCKET", "PUBLIC_URL_PARAMETER", "VIDEO_WORKFLOW_ARN")

    assert [os.environ[it] for it in names] == [
        stack.url,
        stack.resources.attribute("VideosTable", "Ref"),
        stack.resources.attribute("MediaBucket", "Ref"),
        "/keepreel/local/public-url",
        stack.resources.attribute("VideoWorkflow", "Arn"),
    ]


def test_all_servers_listen_only_on_localhost(stack: Stack) -> None:
    described = stack.describe()

    addresses = [
        described["page"],
        described["api"],
        described["aws_endpoint"],
        described["providers"]["kling"]["base_url"],
    ]

    assert {it.rpartition(":")[0] for it in addresses} == {"http://127.0.0.1"}
    assert requests.get(described["api"] + "/v1/videos", timeout=60).status_code == 401


def fail(_: str, __: Any) -> None:
    raise ConnectionResetError
