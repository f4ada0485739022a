"""Patched moto behaves like unpatched moto, stores no model instances, and honors ClientRequestToken."""

import itertools
import random
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.aws import moto_patches
from tests.local.aws import moto_client
from tests.local.aws.moto_client import Client, contents, outcome

EVERY_TYPE: dict[str, Any] = {
    "text": {"S": "Grüße"},
    "empty": {"S": ""},
    "number": {"N": "12.50"},
    "big": {"N": "12345678901234567890123456789"},
    "binary": {"B": b"\x00\xff\xfe binary"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "binaries": {"BS": [b"\x01", b"\x02"]},
    "list": {"L": [{"S": "x"}, {"B": b"\x03"}, {"M": {"S": {"N": "1"}, "NS": {"L": []}}}]},
    "map": {"M": {"N": {"S": "named N"}, "inner": {"M": {"B": {"B": b"\x04"}}}, "none": {"M": {}}}},
}


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Client]:
    with moto_client.server() as url:
        client = moto_client.client(url)
        yield client
        client.close()


@pytest.fixture
def patched_tables(dynamodb: Client) -> Iterator[Client]:
    moto_patches.apply()
    with moto_client.tables(dynamodb):
        yield dynamodb


def token() -> str:
    """A token that no other test has used: moto's backend stores tokens for ten minutes."""
    return uuid4().hex


def key(owner: str, id: str) -> dict[str, Any]:
    return {"owner": {"S": owner}, "id": {"S": id}}


def record(owner: str, id: str, **attributes: Any) -> dict[str, Any]:
    return {**key(owner, id), **attributes}


def reads_and_writes(client: Client) -> list[Any]:
    written = {"TableName": "records", "Item": record("ann", "1", **EVERY_TYPE)}
    blob = {"blob": {"B": b"\xff\x00"}, "number": {"N": "7"}}
    get = {"TableName": "records", "Key": key("ann", "1")}
    names, requests = {"#map": "map", "#n": "N"}, {"records": [{"PutRequest": {"Item": record("ann", "3")}}]}
    return [
        outcome(client.put_item, **written),
        outcome(client.put_item, **written, ReturnValues="ALL_OLD", ReturnConsumedCapacity="TOTAL"),
        outcome(client.put_item, **written, ConditionExpression="attribute_not_exists(id)"),
        outcome(client.put_item, TableName="blobs", Item={**blob, **EVERY_TYPE}),
        outcome(client.put_item, TableName="records", Item={"owner": {"S": "no range key"}}),
        outcome(client.get_item, **get, ConsistentRead=True),
        outcome(client.get_item, **get, ReturnConsumedCapacity="INDEXES"),
        outcome(
            client.get_item, **get, ProjectionExpression="#map.#n, binaries, list[1]", ExpressionAttributeNames=names
        ),
        outcome(client.get_item, TableName="records", Key=key("ann", "missing")),
        outcome(client.get_item, TableName="blobs", Key=blob),
        outcome(client.get_item, TableName="missing", Key=key("ann", "1")),
        outcome(client.batch_write_item, RequestItems=requests),
        outcome(client.batch_get_item, RequestItems={"records": {"Keys": [key("ann", "1"), key("ann", "9")]}}),
        outcome(client.transact_get_items, TransactItems=[{"Get": get}, {"Get": {**get, "Key": key("ann", "9")}}]),
        outcome(client.scan, TableName="records", ReturnConsumedCapacity="TOTAL"),
        outcome(client.scan, TableName="records", Select="COUNT"),
        outcome(client.scan, TableName="records", Limit=1),
        outcome(client.scan, TableName="records", FilterExpression="attribute_exists(map)"),
        outcome(client.delete_item, **get, ReturnValues="ALL_OLD"),
        outcome(client.delete_item, **get, ReturnValues="ALL_OLD"),
        contents(client),
    ]


def updates(client: Client) -> list[Any]:
    expression = (
        "SET #n = if_not_exists(#n, :zero) + :one, #l = list_append(if_not_exists(#l, :none), :more), #b = :binary "
        "REMOVE gone ADD texts :texts, total :one DELETE numbers :numbers"
    )
    values = {
        ":zero": {"N": "0"},
        ":one": {"N": "1"},
        ":none": {"L": []},
        ":more": {"L": [{"B": b"\x05"}]},
        ":binary": {"B": b"\xfe"},
        ":texts": {"SS": ["c"]},
        ":numbers": {"NS": ["1"]},
    }
    request = {
        "TableName": "records",
        "UpdateExpression": expression,
        "ExpressionAttributeNames": {"#n": "count", "#l": "log", "#b": "blob"},
        "ExpressionAttributeValues": values,
    }
    client.put_item(TableName="records", Item=record("ann", "1", gone={"S": "x"}, **EVERY_TYPE))
    outcomes: list[Any] = []
    for wanted, id in itertools.product(("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"), ("1", "2")):
        outcomes.append(outcome(client.update_item, **request, Key=key("ann", id), ReturnValues=wanted))
    refused = {**request, "ConditionExpression": "attribute_not_exists(id)", "Key": key("ann", "1")}
    return [
        *outcomes,
        outcome(client.update_item, **refused),
        outcome(client.update_item, **refused, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        contents(client),
    ]


def queries(client: Client) -> list[Any]:
    for owner, number in itertools.product(("ann", "bob"), range(12)):
        extra = {"day": {"S": "monday"}} if number % 2 else {}
        item = record(owner, f"{number:02}", state={"S": "ab"[number % 3 == 0]}, number={"N": str(number)}, **extra)
        client.put_item(TableName="records", Item=item)
    for text in ("-1", "9", "10"):
        client.put_item(TableName="blobs", Item={"blob": {"B": b"\xff"}, "number": {"N": text}})
    client.put_item(TableName="counters", Item={"name": {"S": "ann"}, "used": {"N": "1"}})
    conditions: list[dict[str, Any]] = [
        _query("owner = :a", a="ann"),
        _query("owner = :a", a="nobody"),
        _query("owner = :a AND id BETWEEN :b AND :c", a="bob", b="03", c="07"),
        _query("owner = :a AND begins_with(id, :b)", a="bob", b="1"),
        _query("owner = :a AND id < :b", a="ann", b="05"),
        {
            **_query("owner = :a", a="ann", b="b"),
            "FilterExpression": "#s = :b",
            "ExpressionAttributeNames": {"#s": "state"},
        },
        {**_query("owner = :a", a="ann"), "ProjectionExpression": "id"},
        {**_query("owner = :a", a="ann"), "Select": "COUNT"},
        {**_query("#s = :a", a="a"), "IndexName": "by_state", "ExpressionAttributeNames": {"#s": "state"}},
        {
            **_query("#s = :a AND id >= :b", a="b", b="06"),
            "IndexName": "by_state",
            "ExpressionAttributeNames": {"#s": "state"},
        },
        {**_query("#d = :a", a="monday"), "IndexName": "by_day", "ExpressionAttributeNames": {"#d": "day"}},
        {**_query("owner = :a", a="ann"), "IndexName": "missing"},
        {**_query("#n = :a", a="ann"), "TableName": "counters", "ExpressionAttributeNames": {"#n": "name"}},
        {
            "TableName": "blobs",
            "KeyConditionExpression": "blob = :a",
            "ExpressionAttributeValues": {":a": {"B": b"\xff"}},
        },
        {**_query("owner = :a", a="ann"), "TableName": "missing"},
        _query("id = :a", a="01"),
    ]
    return [
        _pages(client, {**condition, "ScanIndexForward": forward, **limit})
        for condition, forward, limit in itertools.product(conditions, (True, False), ({}, {"Limit": 5}))
    ]


def _query(condition: str, **values: str) -> dict[str, Any]:
    texts = {f":{name}": {"S": value} for name, value in values.items()}
    return {"TableName": "records", "KeyConditionExpression": condition, "ExpressionAttributeValues": texts}


def _pages(client: Client, request: dict[str, Any]) -> list[Any]:
    pages = [outcome(client.query, **request)]
    while start := pages[-1].get("LastEvaluatedKey"):
        pages.append(outcome(client.query, **request, ExclusiveStartKey=start))
    return pages


def transactions(client: Client) -> list[Any]:
    client.put_item(TableName="records", Item=record("ann", "1", **EVERY_TYPE))
    client.put_item(TableName="counters", Item={"name": {"S": "ann"}, "used": {"N": "1"}})
    outcomes: list[Any] = []
    for operations in _TRANSACTIONS:
        outcomes += [outcome(client.transact_write_items, TransactItems=operations), contents(client)]
    return outcomes


def _put(id: str, **options: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "records", "Item": record("bob", id, blob={"B": b"\x09"}), **options}}


def _change(operation: str, owner: str, id: str, **options: Any) -> dict[str, Any]:
    return {operation: {"TableName": "records", "Key": key(owner, id), **options}}


def _count(step: Any, **options: Any) -> dict[str, Any]:
    update = {"UpdateExpression": "ADD used :step", "ExpressionAttributeValues": {":step": step}}
    return {"Update": {"TableName": "counters", "Key": {"name": {"S": "ann"}}, **update, **options}}


ONE, ABSENT, PRESENT = {"N": "1"}, "attribute_not_exists(id)", "attribute_exists(id)"
_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_TRANSACTIONS: list[list[dict[str, Any]]] = [
    [_put("1", ConditionExpression=ABSENT), _count(ONE)],
    [_put("1", ConditionExpression=ABSENT), _count(ONE)],
    [_count(ONE), _put("2"), _put("1", ConditionExpression=ABSENT, **_OLD)],
    [_count(ONE), _change("Delete", "ann", "1"), _change("ConditionCheck", "bob", "7", ConditionExpression=PRESENT)],
    [
        _change("ConditionCheck", "ann", "1", ConditionExpression=ABSENT, **_OLD),
        _count(ONE),
        _change("Delete", "bob", "1", ConditionExpression=ABSENT),
        _put("3"),
    ],
    [_put("4"), _count({"S": "not a number"})],
    [_put("4"), _put("5"), _put("4")],
    [_put("6"), {"Put": {"TableName": "missing", "Item": record("bob", "6")}}],
    [_put("6"), {"Put": {"TableName": "records", "Item": {"owner": {"S": "no range key"}}}}],
    [_change("ConditionCheck", "ann", "1", ConditionExpression=PRESENT), _change("Delete", "bob", "1"), _count(ONE)],
    [_change("Delete", "bob", "missing"), _change("ConditionCheck", "bob", "1", ConditionExpression=ABSENT)],
]


def random_transactions(seed: int, client: Client) -> list[Any]:
    draw = random.Random(seed)
    outcomes: list[Any] = []
    for _ in range(25):
        operations = [_random_operation(draw) for _ in range(draw.randint(1, 4))]
        outcomes += [outcome(client.transact_write_items, TransactItems=operations), contents(client)]
    return outcomes


def _random_operation(draw: random.Random) -> dict[str, Any]:
    id, condition = draw.choice("12345"), {"ConditionExpression": draw.choice([ABSENT, PRESENT])}
    optional = draw.choice([{}, condition, {**condition, **_OLD}])
    return draw.choice(
        [
            _put(id, **optional),
            _count(draw.choice([ONE, ONE, {"S": "not a number"}])),
            _change("Delete", "bob", id, **optional),
            _change("ConditionCheck", "bob", id, **condition),
            _change(
                "Update",
                "bob",
                id,
                UpdateExpression="SET changed = :x ADD total :x",
                ExpressionAttributeValues={":x": ONE},
                **optional,
            ),
        ]
    )


@pytest.mark.parametrize("scenario", [reads_and_writes, updates, queries, transactions])
def test_patched_moto_behaves_like_unpatched_moto(dynamodb: Client, scenario: moto_client.Scenario) -> None:
    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


@pytest.mark.parametrize("seed", range(3))
def test_random_transactions_have_the_same_effect(dynamodb: Client, seed: int) -> None:
    def scenario(client: Client) -> list[Any]:
        return random_transactions(seed, client)

    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


def test_failed_transaction_leaves_no_trace(patched_tables: Client) -> None:
    before = contents(patched_tables)

    for operations in ([_put("1"), _count({"S": "x"})], [_put("1"), _put("1")]):
        outcome(patched_tables.transact_write_items, TransactItems=operations)

    assert contents(patched_tables) == before
    assert patched_tables.describe_table(TableName="records")["Table"]["ItemCount"] == 0


def test_transaction_copies_no_table(patched_tables: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any, __: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("moto.dynamodb.models.table.Table.__deepcopy__", fail, raising=False)

    patched_tables.transact_write_items(TransactItems=[_put("1"), _count(ONE)])

    assert patched_tables.get_item(TableName="records", Key=key("bob", "1"))["Item"]["blob"] == {"B": b"\x09"}


def test_table_with_a_stream_is_restored_by_moto(dynamodb: Client) -> None:
    def scenario(client: Client) -> list[Any]:
        specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        client.update_table(TableName="records", StreamSpecification=specification)
        return [outcome(client.transact_write_items, TransactItems=_TRANSACTIONS[5]), contents(client)]

    assert moto_client.patched(dynamodb, scenario) == moto_client.unpatched(dynamodb, scenario)


def test_repeated_transaction_with_the_same_token_runs_once(patched_tables: Client) -> None:
    request = {"TransactItems": [_put("1", ConditionExpression=ABSENT), _count(ONE)], "ClientRequestToken": token()}

    first = outcome(patched_tables.transact_write_items, **request)
    second = outcome(patched_tables.transact_write_items, **request)

    assert "Error" not in first
    assert second == first
    assert patched_tables.scan(TableName="counters")["Items"] == [{"name": {"S": "ann"}, "used": ONE}]


def test_unpatched_moto_ignores_the_token(dynamodb: Client) -> None:
    """The day this fails, moto honors the token itself and the patch can go."""

    def scenario(client: Client) -> list[Any]:
        request = {"TransactItems": [_put("1", ConditionExpression=ABSENT)], "ClientRequestToken": token()}
        return [outcome(client.transact_write_items, **request) for _ in range(2)]

    _, second = moto_client.unpatched(dynamodb, scenario)

    assert second["Error"]["Code"] == "TransactionCanceledException"


def test_token_with_a_different_request_is_a_mismatch(patched_tables: Client) -> None:
    same = token()
    patched_tables.transact_write_items(TransactItems=[_put("1")], ClientRequestToken=same)

    with pytest.raises(ClientError) as caught:
        patched_tables.transact_write_items(TransactItems=[_put("2")], ClientRequestToken=same)

    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert len(contents(patched_tables)[0]) == 1


def test_canceled_transaction_may_be_retried_with_its_token(patched_tables: Client) -> None:
    request = {"TransactItems": [_put("2", ConditionExpression=ABSENT)], "ClientRequestToken": token()}
    patched_tables.put_item(TableName="records", Item=record("bob", "2"))
    canceled = outcome(patched_tables.transact_write_items, **request)
    patched_tables.delete_item(TableName="records", Key=key("bob", "2"))

    retried = outcome(patched_tables.transact_write_items, **request)

    assert canceled["Error"]["Code"] == "TransactionCanceledException"
    assert "Error" not in retried


def test_token_expires_after_ten_minutes(patched_tables: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"TransactItems": [_count(ONE)], "ClientRequestToken": token()}
    now = [0.0]
    monkeypatch.setattr("local.aws.moto_dynamodb.time", SimpleNamespace(monotonic=lambda: now[0]))

    for now[0] in (1000.0, 1599.0, 1601.0):
        patched_tables.transact_write_items(**request)

    assert patched_tables.scan(TableName="counters")["Items"] == [{"name": {"S": "ann"}, "used": {"N": "2"}}]


def test_no_model_instance_is_stored(patched_tables: Client) -> None:
    from moto.core.model_instances import model_data

    def stored_instances() -> int:
        models: list[Any] = [model for service in model_data.values() for model in service.values()]
        return sum(len(model.instances_tracked) for model in models)

    before = stored_instances()
    patched_tables.transact_write_items(TransactItems=[_put("1"), _count(ONE)])
    patched_tables.query(**_query("owner = :a", a="bob"))

    assert stored_instances() == before


def test_overwritten_object_closes_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    moto_patches.apply()
    for name, value in moto_patches.S3_MEMORY_BYTES.items():
        monkeypatch.setenv(name, value)

    with moto_client.server() as url:
        s3 = moto_client.client(url, "s3")
        s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": moto_client.REGION})
        for content in (b"a" * 100_000, b"b" * 100_000):
            s3.put_object(Bucket="files", Key="video", Body=content)
        stored = _stored_object("files", "video")
        read = s3.get_object(Bucket="files", Key="video", Range="bytes=0-2")["Body"].read()
        s3.delete_object(Bucket="files", Key="video")
        s3.delete_bucket(Bucket="files")
        s3.close()

    assert stored._value_buffer._rolled
    assert read == b"bbb"


def _stored_object(bucket: str, name: str) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends["123456789012"]["aws"].buckets[bucket].keys[name]


def test_ec2_is_loaded_on_first_use_and_is_the_real_one() -> None:
    script = """
import sys
from local.aws.moto_imports import import_without_ec2
import_without_ec2()
import local.aws.moto_server
assert not {"moto.ec2", "moto.batch.models"} & sys.modules.keys()
import moto.ssm.models
assert "moto.ec2" not in sys.modules
assert moto.ssm.models.ec2_backends["123456789012"]["us-east-1"].all_reservations(filters={}) == []
from moto.ec2 import ec2_backends
from moto.batch import batch_backends
from moto.batch.utils import JobStatus
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_batch
assert state_task_service_batch.JobStatus is JobStatus
assert batch_backends["123456789012"]["us-east-1"] and type(ec2_backends).__name__ == "BackendDict"
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
