"""Requests to run against patched and unpatched moto: reads, writes, updates and queries."""

import itertools
from typing import Any

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
        query("owner = :a", a="ann"),
        query("owner = :a", a="nobody"),
        query("owner = :a AND id BETWEEN :b AND :c", a="bob", b="03", c="07"),
        query("owner = :a AND begins_with(id, :b)", a="bob", b="1"),
        query("owner = :a AND id < :b", a="ann", b="05"),
        {
            **query("owner = :a", a="ann", b="b"),
            "FilterExpression": "#s = :b",
            "ExpressionAttributeNames": {"#s": "state"},
        },
        {**query("owner = :a", a="ann"), "ProjectionExpression": "id"},
        {**query("owner = :a", a="ann"), "Select": "COUNT"},
        {**query("#s = :a", a="a"), "IndexName": "by_state", "ExpressionAttributeNames": {"#s": "state"}},
        {
            **query("#s = :a AND id >= :b", a="b", b="06"),
            "IndexName": "by_state",
            "ExpressionAttributeNames": {"#s": "state"},
        },
        {**query("#d = :a", a="monday"), "IndexName": "by_day", "ExpressionAttributeNames": {"#d": "day"}},
        {**query("owner = :a", a="ann"), "IndexName": "missing"},
        {**query("#n = :a", a="ann"), "TableName": "counters", "ExpressionAttributeNames": {"#n": "name"}},
        {
            "TableName": "blobs",
            "KeyConditionExpression": "blob = :a",
            "ExpressionAttributeValues": {":a": {"B": b"\xff"}},
        },
        {**query("owner = :a", a="ann"), "TableName": "missing"},
        query("id = :a", a="01"),
    ]
    return [
        _pages(client, {**condition, "ScanIndexForward": forward, **limit})
        for condition, forward, limit in itertools.product(conditions, (True, False), ({}, {"Limit": 5}))
    ]


def query(condition: str, **values: str) -> dict[str, Any]:
    texts = {f":{name}": {"S": value} for name, value in values.items()}
    return {"TableName": "records", "KeyConditionExpression": condition, "ExpressionAttributeValues": texts}


def _pages(client: Client, request: dict[str, Any]) -> list[Any]:
    pages = [outcome(client.query, **request)]
    while start := pages[-1].get("LastEvaluatedKey"):
        pages.append(outcome(client.query, **request, ExclusiveStartKey=start))
    return pages
