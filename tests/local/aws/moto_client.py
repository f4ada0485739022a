"""A DynamoDB client with a separate moto server, and a comparison of patched with unpatched moto."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from local.aws import moto_patches
from local.http_server import QuietHandler, Server

Client = Any
Scenario = Callable[[Client], list[Any]]

REGION = "ap-southeast-2"  # not the stack's: moto's backends belong to the process, and the stack may be running

_KEYS = [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}]
_TABLES: list[dict[str, Any]] = [
    {
        "TableName": "records",
        "KeySchema": _KEYS,
        "AttributeDefinitions": [{"AttributeName": it, "AttributeType": "S"} for it in ("owner", "id", "state", "day")],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_state",
                "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}, {**_KEYS[1]}],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "by_day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    },
    {
        "TableName": "counters",
        "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "name", "AttributeType": "S"}],
    },
    {
        "TableName": "blobs",
        "KeySchema": [{"AttributeName": "blob", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "blob", "AttributeType": "B"},
            {"AttributeName": "number", "AttributeType": "N"},
        ],
    },
]


class _Handler(QuietHandler, MotoRequestHandler):
    """moto's request handler without its log."""


@contextmanager
def server() -> Iterator[str]:
    app, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def one_at_a_time(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            return app(environ, start_response)  # type: ignore[no-any-return]

    with Server(one_at_a_time, handler=_Handler) as running:
        yield running.url


def client(url: str, service: str = "dynamodb") -> Client:
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.Session().client(service, endpoint_url=url, region_name=REGION, **keys)  # type: ignore[call-overload]


@contextmanager
def tables(dynamodb: Client) -> Iterator[None]:
    for table in _TABLES:
        dynamodb.create_table(**table, BillingMode="PAY_PER_REQUEST")
    try:
        yield
    finally:
        for table in _TABLES:
            dynamodb.delete_table(TableName=table["TableName"])


def patched(dynamodb: Client, scenario: Scenario) -> list[Any]:
    moto_patches.apply()
    with tables(dynamodb):
        return scenario(dynamodb)


def unpatched(dynamodb: Client, scenario: Scenario) -> list[Any]:
    moto_patches.remove()
    try:
        with tables(dynamodb):
            return scenario(dynamodb)
    finally:
        moto_patches.apply()


def outcome(operation: Callable[..., Any], **request: Any) -> Any:
    """The response or the error as it arrives at the client, without the HTTP headers."""
    try:
        response = dict(operation(**request))
    except ClientError as error:
        response = dict(error.response)
    del response["ResponseMetadata"]
    return response


def contents(dynamodb: Client) -> list[Any]:
    """Every item of every table."""
    return [dynamodb.scan(TableName=it["TableName"])["Items"] for it in _TABLES]
