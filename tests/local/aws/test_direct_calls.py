"""AWS calls without a socket get the responses of a real moto server, and no other requests are answered."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from local.aws import moto_server
from local.aws.direct_calls import direct_calls
from local.http_server import Server
from local.stack import Stack
from tests.local.aws import moto_client
from tests.local.aws.moto_client import Client, Scenario
from tests.local.aws.moto_scenarios import queries, reads_and_writes, updates
from tests.local.aws.moto_transactions import transactions

_TAGS = "Expires=2030&x=%C3%A4%2F+%3D"


@pytest.fixture
def direct(stack: Stack) -> Iterator[Client]:
    client = moto_client.client(stack.aws_endpoint)
    yield client
    client.close()


@pytest.fixture
def requests_sent(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> list[str]:
    """Collect the URLs that are requested over HTTP."""
    sent: list[str] = []
    manager = vars(URLLib3Session)["_get_connection_manager"]

    def noted(session: Any, url: str, *arguments: Any) -> Any:
        sent.append(url)
        return manager(session, url, *arguments)

    monkeypatch.setattr(URLLib3Session, "_get_connection_manager", noted)
    return sent


@pytest.mark.parametrize("scenario", [reads_and_writes, updates, queries, transactions])
def test_tables_answer_like_a_moto_server(
    scenario: Scenario, direct: Client, dynamodb: Client, requests_sent: list[str]
) -> None:
    answers = moto_client.patched(direct, scenario)
    assert requests_sent == []

    assert answers == moto_client.patched(dynamodb, scenario)


def test_objects_answer_like_a_moto_server(stack: Stack, requests_sent: list[str]) -> None:
    client = moto_client.client(stack.aws_endpoint, "s3")
    direct = _objects(client)
    assert requests_sent == []
    client.close()

    with moto_client.server() as url:
        client = moto_client.client(url, "s3")
        assert direct == _objects(client)
        client.close()


def test_exception_of_moto_is_a_500(stack: Stack, direct: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_environ: Any) -> Any:
        raise KeyError

    monkeypatch.setattr(moto_server, "_dynamodb", broken)
    with pytest.raises(ClientError) as raised:
        direct.list_tables()

    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_other_server_is_called_over_http(stack: Stack, requests_sent: list[str]) -> None:
    def other(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"other"]

    with Server(other) as server, direct_calls(stack.aws):
        session = URLLib3Session()
        response = session.send(AWSRequest("GET", server.url + "/").prepare())
        session.close()

    assert (response.content, requests_sent) == (b"other", [server.url + "/"])


def _objects(client: Client) -> list[Any]:
    name = {"Bucket": "direct", "Key": "a b/ü%2F+.txt"}
    keys = ("copy", "file", name["Key"])
    client.create_bucket(Bucket="direct", CreateBucketConfiguration={"LocationConstraint": moto_client.REGION})
    outcomes = [
        _outcome(
            client.put_object,
            **name,
            Body=b"0123456789",
            ContentType="text/plain",
            Tagging=_TAGS,
            Metadata={"with_underscore": "1", "with-dash": "2"},
        ),
        _outcome(client.put_object, **name, Body=b"", IfNoneMatch="*"),
        _outcome(client.put_object, Bucket="direct", Key="file", Body=BytesIO(b"from a file")),
        _outcome(client.get_object, Bucket="direct", Key="file"),
        _outcome(client.get_object, **name),
        _outcome(client.get_object, **name, Range="bytes=2-4"),
        _outcome(client.get_object, **name, Range="bytes=20-"),
        _outcome(client.head_object, **name),
        _outcome(client.head_object, Bucket="direct", Key="missing"),
        _outcome(client.get_object, Bucket="direct", Key="missing"),
        _outcome(client.get_object, Bucket="missing", Key="x"),
        _outcome(client.get_object_tagging, **name),
        _outcome(client.copy_object, Bucket="direct", Key="copy", CopySource=name),
        _outcome(client.list_objects_v2, Bucket="direct", Prefix="a b/"),
        _outcome(client.delete_objects, Bucket="direct", Delete={"Objects": [{"Key": it} for it in keys]}),
        _outcome(client.list_objects_v2, Bucket="direct"),
    ]
    client.delete_bucket(Bucket="direct")
    return outcomes


def _outcome(operation: Any, **request: Any) -> Any:
    response = moto_client.outcome(operation, **request)
    if "Body" in response:
        response["Body"] = response["Body"].read()
    return _without_times(response)


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(it) for key, it in value.items() if key != "LastModified"}
    return [_without_times(it) for it in value] if isinstance(value, list) else value
